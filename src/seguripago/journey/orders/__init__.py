"""Orders: the promise: frozen lines, number, PRE-FACTURA, the six checks and the buyer's acceptance.

Owns orders, their lines (which, with `stock_state`, are the hold on the shelf), checks and versions of the PRE-FACTURA.
Announces what happens to an order: see facts.py. Must never know payments, banks, guarantees nor the chat: they come
here to say that money arrived, that a parcel left, that a claim is open.
"""
