"""Notices: which fact deserves which mail, and its way out of the house.

Owns mails: their words as they were written, their attempts, their end (sent or parked, never lost); and the calls that
wake the browsers of people whose desk is closed. Announces nothing.
Listens to the buyer's journey from the order to the end of the guarantee. Must never know: a CLABE (bank details are
read on the order page, never in a mail), how a parcel or a payment moves, which provider carries a letter.
"""
