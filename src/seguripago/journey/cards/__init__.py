"""Cards: which gateway a store charges through, each try to charge a card, and what the gateway says of it.

Owns card charges and what became of each. Announces CardDeclined and CardMoneyUnplaced. May call payments: the only
door to "paid" is `payments.confirm_payments`. Must never know deposits, cases or chats, and no card number comes here.
"""
