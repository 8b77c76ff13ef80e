"""Stores: the merchants, their bank accounts, clocks and keys. The tenant of every row."""
