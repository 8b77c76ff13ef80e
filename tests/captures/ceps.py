"""CEPs that a bank of our own seals, as XML and as paper, for shops that the samples do not know."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

import typst
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SERIAL = "00001000000999999999"
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
    *("septiembre", "octubre", "noviembre", "diciembre"),
)
LAYOUTS = ("banxico", "table", "stacked")
PAPER = Path(__file__).parent


@cache
def bank_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def pem() -> bytes:
    return (
        bank_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


@dataclass(frozen=True)
class Transfer:
    """What a bank would seal. `generation`: how many parts its chain has, 23, 30 or 47."""

    account: str = "646180115700294217"
    amount: str = "9135.00"
    tracking_key: str = "BBVA260311000012345"
    day: str = "11032026"
    credited: str = "11032026"
    hour: str = "103000"
    payer_bank: str = "BBVA MEXICO"
    payer_name: str = "LUCIA HERNANDEZ ROBLES"
    payer_account: str = "012180015012884670"
    payer_type: str = "40"
    payer_rfc: str = "HERL850101AB1"
    bank: str = "STP"
    name: str = "SIERRA ALTA CAFE SA DE CV"
    rfc: str = "SAC010101AB1"
    concept: str = "Pedido CM-7K3F-92QX"
    receiver: str = "90646"
    payment_type: str = "1"
    iva: str = "0.00"
    generation: int = 47
    encoding: str = "utf-8"
    more: dict[str, str] = field(default_factory=dict)

    def chain(self) -> str:
        parts = [
            self.payment_type, self.day, self.credited, self.hour, self.receiver, self.payer_bank, self.payer_name,
            self.payer_type, self.payer_account, self.payer_rfc, self.bank, self.name, "40", self.account, self.rfc,
            self.concept, self.iva, self.amount,
        ]  # fmt: skip
        extra = {23: [], 30: ["NA", "NA", "0", "0", "NA", "0", "0.00"], 47: [*["NA"] * 2, "0", "0", "NA", "0", "0.00"]}
        parts += extra[self.generation]
        if self.generation == 47:
            parts += ["NA"] * 17
        return "||" + "|".join([*parts, SERIAL]) + "||"

    def seal(self) -> str:
        signed = bank_key().sign(self.chain().encode(self.encoding), padding.PKCS1v15(), hashes.SHA512())
        return base64.b64encode(signed).decode()

    def xml(self, *, seal: str = "") -> bytes:
        seal = seal or self.seal()
        day = f"{self.day[4:]}-{self.day[2:4]}-{self.day[:2]}"
        hour = f"{self.hour[:2]}:{self.hour[2:4]}:{self.hour[4:]}"
        q = quoteattr
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<SPEI_Tercero FechaOperacion="{day}" Hora="{hour}"'
            f' ClaveSPEI="{self.receiver}" sello="{seal}" numeroCertificado="{SERIAL}"'
            f" cadenaCDA={q(self.chain() + seal)} claveRastreo={q(self.tracking_key)}>\n"
            f'<Beneficiario BancoReceptor={q(self.bank)} Nombre={q(self.name)} TipoCuenta="40"'
            f' Cuenta="{self.account}" RFC={q(self.rfc)} Concepto={q(self.concept)} IVA="{self.iva}"'
            f' MontoPago="{self.amount}"/>\n'
            f'<Ordenante BancoEmisor={q(self.payer_bank)} Nombre={q(self.payer_name)} TipoCuenta="{self.payer_type}"'
            f' Cuenta="{self.payer_account}" RFC={q(self.payer_rfc)}/>\n</SPEI_Tercero>\n'
        ).encode()

    def pdf(self, layout: str = "banxico", *, printed: dict[str, str] | None = None, seal: str = "") -> bytes:
        """Print it. `printed`: what the paper shows instead of what the chain says."""
        seal = seal or self.seal()

        def words(digits: str) -> str:
            return f"{digits[:2]} de {MONTHS[int(digits[2:4]) - 1]} de {digits[4:]}"

        whole, _, cents = self.amount.partition(".")
        page = {
            "day": words(self.day),
            "credited": words(self.credited),
            "hour": f"{self.hour[:2]}:{self.hour[2:4]}:{self.hour[4:]} horas",
            "amount": f"$ {int(whole):,}.{cents.ljust(2, '0')}",
            "iva": "$ 0.00",
            "reference": "4900001",
            "tracking_key": self.tracking_key,
            "concept": self.concept,
            "payer_bank": self.payer_bank,
            "payer_name": self.payer_name,
            "payer_rfc": self.payer_rfc,
            "payer_account": self.payer_account,
            "bank": self.bank,
            "name": self.name,
            "rfc": self.rfc,
            "account": self.account,
            "serial": SERIAL,
            "chain": self.chain(),
            "seal": seal,
            "layout": layout,
            **(printed or {}),
        }
        drawn = typst.compile(
            str(PAPER / "cep.typ"), format="pdf", sys_inputs={"cep": json.dumps(page)}, root=str(PAPER)
        )
        assert isinstance(drawn, bytes)
        return drawn
