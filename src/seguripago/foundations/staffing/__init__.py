"""Staffing: who attends at a store's desk, when, for which topics, and how much at once.

Owns teams, seats (a person's presence and capacity) and the desk's hours. Announces nothing: a changed seat only wakes
the desk's screens. It knows people and stores, and must never know a conversation: who counts what a person holds asks
the room that owns it.
"""
