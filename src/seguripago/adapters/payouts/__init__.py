"""Providers that carry out payment orders: one file each."""
