"""By hand: a deposit that the clerk saw in online banking, for shops whose bank sends nothing.

Nobody calls here. What two people decided is written in the shape of a notice and read like one, so that the webhook
or the statement which later tells of the same movement attests the same deposit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from seguripago.ports.bank_feeds import Listed, Unreadable
from seguripago.ports.bank_notice import read_notice, read_object
from seguripago.ports.captures import ByHand

SHAPE: Final = "seguripago-captura-1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hand:
    """Writes and reads what was captured by hand."""

    slug: str = "by_hand"
    title: str = "Captura a mano"

    def read(self, body: bytes, headers: Mapping[str, str]) -> tuple[Listed, ...]:
        """Read one captured deposit; only our own shape."""
        if read_object(body).get("forma") != SHAPE:
            raise Unreadable("shape")
        return read_notice(body)

    def written(self, said: ByHand) -> bytes:
        """Write a deposit down; the same deposit always gives the same bytes."""
        fields: dict[str, str | int] = {
            "forma": SHAPE,
            "fechaOperacion": int(said.operation_date.strftime("%Y%m%d")),
            "institucionOrdenante": said.sending_institution,
            "institucionBeneficiaria": said.receiving_institution,
            "claveRastreo": said.tracking_key,
            "monto": said.amount.plain,
            "nombreOrdenante": said.payer_name,
            "cuentaBeneficiario": said.clabe,
            "conceptoPago": said.concept,
            "referenciaNumerica": said.reference,
        }
        if said.settled_at is not None:
            fields["tsLiquidacion"] = str((said.settled_at - _EPOCH) // _MILLISECOND)
        return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


_MILLISECOND: Final = _EPOCH.replace(microsecond=1000) - _EPOCH

ADAPTER: Final = Hand()
