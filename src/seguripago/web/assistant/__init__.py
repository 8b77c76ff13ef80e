"""The ASISTENTE CONNECT@Me: the loader that any site embeds, and the frame in which a buyer talks.

Works as plain pages and forms; a small script adds what is said while one looks. Nothing is stored before the cookie
policy is answered.
"""
