"""Catalogue: what can be bought: price, stock, warranty, time of delivery.

Owns products and their three counters: stock (what the store counted), reserved (promised to open orders), sold
(promised to paid ones). Announces nothing: who moves a counter announces why. Must never know carts, orders nor
payments: they come here to take and to give back.
"""
