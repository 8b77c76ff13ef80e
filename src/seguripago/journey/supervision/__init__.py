"""Supervision: whoever leads the desk looks on, and says something to one person in private.

Owns who has not seen a whisper yet, and how the live wall and the reports are counted. What was said and done is the
chat's: it is read through the views that `assistance` offers, and a whisper is a note of the conversation.
Announces nothing. Must never change a conversation, nor let a buyer hear of a whisper.
"""
