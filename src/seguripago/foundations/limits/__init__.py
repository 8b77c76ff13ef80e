"""Limits: how often somebody may do something within a while. Counted in fixed windows, forgotten when they are over.

Owns one table of counts under hashed names; whom a row counts cannot be read from it. Must never know what is counted:
the rooms and the web name their own limits.
"""
