"""STP, played: a store whose STP can be asked, notices without a signature, and a bank that answers on loopback."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from seguripago.config import wiring
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.stores.feed_commands import set_feed_credentials
from seguripago.foundations.stores.queries import feed_secrets, store_by_id
from seguripago.journey.bank.commands import keep_notice, read_notices
from seguripago.ports.store_secrets import secret_path
from seguripago.values.actor import Actor
from tests.adapters.provider import Question, Reply
from tests.money.bank import bank_store

ANA = Actor.staff(1, "Ana Robles")
LANES = ("reconciliation", "reconciliation_alarms", "bank.asking")


@cache
def private_pem() -> str:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def asking_store(url: str, at: datetime) -> int:
    """A store that gave STP's credentials."""
    store_id = bank_store()
    given = {"company": "SIERRA", "private_key": private_pem(), "address": url, "service": "efws"}
    set_feed_credentials(store_id, "stp", given, by=ANA, at=at)
    return store_id


class Stp:
    """What STP holds: transfers by tracking key; it answers single questions and lists by pages."""

    def __init__(self, *, size: int = 10) -> None:
        self.held: list[dict[str, Any]] = []
        self.size = size
        self.trouble: Reply | None = None
        self.singles = self.lists = 0

    def answer(self, question: Question) -> Reply:
        if self.trouble is not None:
            return self.trouble
        asked = json.loads(question.body)
        if question.path.endswith("/consultaOrden"):
            self.singles += 1
            found = [line for line in self.held if line["claveRastreo"] == asked["claveRastreo"]]
            return _json({"estado": 0, "respuesta": found[0]} if found else {"estado": 6, "mensaje": "sin datos"})
        self.lists += 1
        day = asked.get("fechaOperacion") or ""
        lines = [line for line in self.held if not day or line["fechaOperacion"] == day]
        page = lines[asked["page"] * self.size :][: self.size]
        return _json({"estado": 0, "total": len(lines), "datos": page} if page else {"estado": 6, "total": 0})


def transfer(number: int, *, clabe: str, at: datetime, amount: str = "1250.00", **more: Any) -> dict[str, Any]:
    """A transfer as STP's list writes it."""
    line = {
        "idEF": 30_000 + number,
        "claveRastreo": f"Clave{number:08d}",
        "conceptoPago": "Pago",
        "cuentaBeneficiario": clabe,
        "cuentaOrdenante": "012180015012884670",
        "empresa": "SIERRA",
        "estado": "LQ",
        "fechaOperacion": f"{at:%Y%m%d}",
        "institucionContraparte": 40012,
        "institucionOperante": 90646,
        "monto": amount,
        "nombreBeneficiario": "SIERRA ALTA",
        "nombreOrdenante": "LUCIA HERNANDEZ",
        "referenciaNumerica": number,
        "rfcCurpOrdenante": "ND",
        "tipoPago": 1,
        "tsLiquidacion": int(at.timestamp() * 1000),
    }
    return {**line, **more}


def notice_of(line: dict[str, Any], **more: Any) -> bytes:
    """The notice that STP posts of a transfer of its list."""
    said = {name: value for name, value in line.items() if not name.startswith("institucion") and name != "estado"}
    said |= {"id": line["idEF"], "institucionOrdenante": 40012, "institucionBeneficiaria": 90646}
    return json.dumps({**said, **more}).encode()


def post(store_id: int, body: bytes, at: datetime, *, remote_address: str = "10.8.0.7", secret: str = "") -> int:
    """Bring an unsigned notice to STP's hook; the status that STP sees."""
    password = secret or secret_path(feed_secrets(store_id)["stp"])
    basic = base64.b64encode(f"stp:{password}".encode()).decode()
    answer = keep_notice(
        "stp",
        store_by_id(store_id).hook_key,
        body=body,
        headers={"Authorization": f"Basic {basic}", "content-type": "application/json"},
        remote_address=remote_address,
        at=at,
    )
    assert answer is not None
    return answer[0]


def turn(at: datetime, *, only: tuple[str, ...] = LANES) -> None:
    """Do what the worker's lanes do until nothing is left to do."""
    lanes = [listener for listener in wiring.listeners() if listener.name in only]
    while True:
        moved = read_notices(at=at) + len(number_facts())
        moved += sum(listen_once(lane, at=at) for lane in lanes)
        if not moved:
            return


def fresh_secret() -> str:
    return secrets.token_urlsafe(24)


def _json(value: Any) -> Reply:
    return Reply(json.dumps(value).encode())
