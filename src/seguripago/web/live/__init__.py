"""Streams: server-sent events that say «look again», or carry what was said in a conversation.

Owns nothing that could be lost: whoever connects says up to where it has read, and is told the rest from the database.
A plain ASGI application, because a Django view would cost one thread per open stream.
"""
