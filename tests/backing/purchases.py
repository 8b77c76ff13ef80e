"""Purchases that a bank's deposit paid, with every listener's turn taken."""

from __future__ import annotations

from datetime import datetime

from seguripago.config import wiring
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.values.actor import Actor
from tests.captures.ceps import Transfer
from tests.money import bank

LUCIA = Actor.buyer("Lucía Hernández Robles")
KEY = "BBVA260311000012345"


def everybody(at: datetime) -> None:
    """Let every room hear what was announced."""
    bank.turn(at, only=tuple(listener.name for listener in wiring.listeners()))


def paid(at: datetime, *, store_id: int | None = None, tracking_key: str = KEY) -> bank.Sale:
    """A purchase whose transfer arrived whole, of which every room has heard."""
    sold = bank.sale(at, store_id=store_id)
    bank.transfer(sold, sold.total.plain, at=at, tracking_key=tracking_key)
    everybody(at)
    return sold


def show_cep(sold: bank.Sale, at: datetime, *, tracking_key: str = KEY, amount: str = "") -> int:
    """The buyer shows a CEP that the pinned bank sealed."""
    told = Transfer(account=sold.clabe, amount=amount or sold.total.plain, tracking_key=tracking_key)
    evidence_id = keep_evidence(sold.order_id, filename="cep.xml", body=told.xml(), by=LUCIA, at=at)
    everybody(at)
    return evidence_id
