"""Facts: what happened, numbered after commit, delivered to whoever listens.

Owns the outbox, the one order of facts, the listeners' cursors and the wake-ups. Announces nothing itself and
knows no room: `from seguripago.foundations.facts.base import Fact`, `….commands import publish, Listener`.
"""
