"""People who may propose and decide: a clerk, her supervisor, an owner, and carla from another store."""

from __future__ import annotations

import secrets

from seguripago.foundations.people.commands import hire
from seguripago.values.actor import Actor


def works(store_id: int, role: str, name: str) -> Actor:
    """Hire somebody with that role and give the actor."""
    email = f"{name.lower()}-{secrets.token_hex(3)}@demo.test"
    number = f"A-{secrets.token_hex(3)}".upper()
    password = "una-contraseña-larga"
    person = hire(store_id, email=email, name=name, role=role, analyst_number=number, password=password)
    return Actor.staff(person, name)


def maker(store_id: int) -> Actor:
    """Mariana of Medios de pago, who proposes."""
    return works(store_id, "payments", "Mariana")


def checker(store_id: int) -> Actor:
    """Diego, supervisor, who approves."""
    return works(store_id, "supervisor", "Diego")
