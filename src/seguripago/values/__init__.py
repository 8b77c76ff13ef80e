"""Pure types that every floor speaks: money, CLABE, order number, address, steps, calendar.

Standard library only, plus `clabe` (pure arithmetic and the tables of Mexican institutions).
"""
