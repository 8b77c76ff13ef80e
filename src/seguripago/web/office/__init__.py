"""Oficina: where the store's owner and supervisors keep orders, products and settings.

Also two pages beside it: how to claim (anyone), and the demo's mail page.
"""
