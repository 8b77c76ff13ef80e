"""An order as the desk reads it: personal data masked, in the evidence of its checks too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from seguripago.journey.orders.shapes import OrderView

from .. import rules


def masked_order(order: OrderView, revealed: Collection[str]) -> OrderView:
    """The order without what was not revealed."""
    buyer, billing, shipping = order.buyer, order.billing, order.shipping
    hidden: dict[str, str] = {}
    if "contact" not in revealed:
        hidden |= {buyer.email: rules.mask_email(buyer.email), buyer.phone: rules.mask_phone(buyer.phone)}
        buyer = replace(buyer, email=rules.mask_email(buyer.email), phone=rules.mask_phone(buyer.phone))
    if "tax" not in revealed:
        hidden[billing.rfc] = rules.mask_rfc(billing.rfc)
        billing = replace(billing, rfc=rules.mask_rfc(billing.rfc))
    if "address" not in revealed:
        for address in (shipping, billing.address):
            hidden[address.one_line] = rules.mask_address(address).one_line
            hidden[address.references] = rules.DOTS
            hidden[f"{address.street} {address.ext_number}".strip()] = rules.DOTS
        shipping = rules.mask_address(shipping)
        billing = replace(billing, address=rules.mask_address(billing.address))
    hidden = {said: told for said, told in sorted(hidden.items(), key=lambda pair: -len(pair[0])) if said.strip()}
    checks = tuple(
        replace(check, says=_hide(check.says, hidden), detail=_hide(check.detail, hidden)) for check in order.checks
    )
    return replace(order, buyer=buyer, billing=billing, shipping=shipping, checks=checks)


def _hide(text: str, hidden: dict[str, str]) -> str:
    for said, told in hidden.items():
        text = text.replace(said, told)
    return text
