"""People who work at a store, and their browsers."""

from __future__ import annotations

import secrets

from django.test import Client

from seguripago.foundations.people.commands import hire
from seguripago.foundations.people.models import User

PASSWORD = "una-contraseña-larga"


def hired(store_id: int, role: str, name: str = "beto") -> str:
    """Hire somebody; gives the e-mail to sign in with."""
    email = f"{name}-{secrets.token_hex(3)}@demo.test"
    number = f"A-{secrets.token_hex(3)}".upper()
    hire(store_id, email=email, name=f"{name.title()} Prueba", role=role, analyst_number=number, password=PASSWORD)
    return email


def entered(store_id: int, role: str, name: str = "beto") -> Client:
    """A browser in which somebody with that role has signed in."""
    client = Client()
    client.force_login(User.objects.get(email=hired(store_id, role, name)))
    return client
