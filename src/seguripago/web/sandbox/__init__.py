"""The demo's outside world: a bank that plays transfers and a card gateway, in a process and on a port of their own.

It speaks to the site only as a real bank and a real gateway would: through the hooks, signed. It owns one SQLite file
and must never see the site's database. `views.py` is the site's own page «Banco de pruebas», in the demo only.
"""
