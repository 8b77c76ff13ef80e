"""Checkout: what this buyer is choosing: the cart, its quote, and what was typed so far.

Owns carts and the arithmetic of a quote. Announces nothing: until an order is placed, nothing has happened. Must never
know orders nor payments. Nothing is reserved here: the shelf is asked again when the order is placed.
"""
