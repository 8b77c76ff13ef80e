"""Backing: whether all that proves a purchase is filed: its receipt, its certificate, and what shows that money came.

Owns one row per paid order («respaldada»), the reminder of the comprobante and the day on which the bank's own notice
is filed in its place. Announces PurchaseBacked, once, and ComprobanteReminded. It never blocks a parcel, a release or a
refund: nobody below asks it anything. Must never know: claims, the chat, how a paper is printed.
"""
