"""Write to the store itself: what cannot wait until somebody opens a screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seguripago.foundations.approvals.commands import mark_told
from seguripago.foundations.approvals.facts import ProposalMade
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.assistance.queries.claims_told import claim_told
from seguripago.journey.bank.facts import AccountsRunLow, FeedSilent, HookToVerify
from seguripago.journey.bank.queries import feeds_heard
from seguripago.journey.claims.facts import ClaimFact, ClaimReminded
from seguripago.journey.claims.queries import claim
from seguripago.journey.claims.rules import Side
from seguripago.journey.delivery.facts import ShipmentLate, ShipmentReturned
from seguripago.journey.delivery.queries import shipment
from seguripago.journey.delivery.rules import Late
from seguripago.journey.guarantee.facts import GuaranteeStep
from seguripago.journey.guarantee.rules import Step
from seguripago.journey.orders.queries import order as order_of
from seguripago.journey.refunds.facts import RefundOverdue, RefundReminded
from seguripago.journey.refunds.queries import refund
from seguripago.journey.refunds.rules import Keeper

from .. import rules
from ..models import Mail
from ..rules import MailState
from .write import still_stands


@transaction.atomic
def tell_stores(facts: Sequence[Fact], *, at: datetime) -> None:
    """Write one mail for every fact that a store must hear of; a fact that was read before adds nothing.

    The delay of a lone owner's proposal runs from the moment that its mail is written: it leaves or is parked in sight.
    """
    for fact in facts:
        if not rules.is_news(fact.at, at):
            continue
        store = store_by_id(fact.store_id)
        with translation.override(settings.LANGUAGE_CODE):
            said = _words(fact, store, at)
        if said is None:
            continue
        template, subject, lines, path = said
        _write(fact, store, template, subject, lines, path, at=at)
        if isinstance(fact, ProposalMade):
            mark_told(fact.proposal_id, at=at)


def _words(fact: Fact, store: StoreView, at: datetime) -> tuple[str, str, list[str], str] | None:
    match fact:
        case AccountsRunLow():
            left = ngettext("Queda %(n)s CLABE por asignar", "Quedan %(n)s CLABE por asignar", fact.left)
            lines = [
                f"{left % {'n': fact.left}}.",
                _("Cuando se acaben no se podrán enviar datos bancarios: pide otro prefijo a tu banco y agrégalo."),
            ]
            if fact.days_left >= 0:
                days = ngettext(
                    "Al paso actual alcanzan %(n)s día.", "Al paso actual alcanzan %(n)s días.", fact.days_left
                )
                lines.insert(1, days % {"n": fact.days_left})
            return "accounts_low", _("Se acaban tus CLABE para recibir SPEI"), lines, "/oficina/bancos/"
        case FeedSilent():
            heard = next((each for each in feeds_heard(store.id, at=at) if each.feed == fact.feed), None)
            title = heard.title if heard else fact.feed
            lines = [
                _("A esta hora lo usual es recibir avisos, y desde hace rato no llega ninguno."),
                _("Los depósitos pueden estar llegando sin que lo sepamos: revisa con tu banco y la lista del día."),
            ]
            return "feed_silent", _("No llegan avisos de %(title)s") % {"title": title}, lines, "/medios-de-pago/"
        case HookToVerify():
            lines = [
                _("Un proveedor de pagos avisó por primera vez y pide que escribas este código en su panel:"),
                fact.code,
                _("Si nadie de tu tienda dio de alta la dirección de avisos, no lo escribas."),
            ]
            subject = _("Código para confirmar la dirección de avisos")
            return "hook_to_verify", subject, lines, f"/oficina/bancos/{fact.feed}/"
        case ProposalMade(by_delay=True):
            found = proposal(store.id, fact.proposal_id)
            if found is None or not found.is_open:
                return None
            lines = [
                _("%(name)s propuso lo siguiente, y no hay otra persona que lo apruebe:") % {"name": found.proposed_by},
                *found.says,
                _("Se hará dentro de 24 horas. Si no lo reconoces, retíralo antes y cambia tu contraseña."),
            ]
            return "proposal_alone", _("Se hará en 24 horas si nadie lo retira"), lines, "/medios-de-pago/"
        case ShipmentLate() | ShipmentReturned():
            return _about_parcel(fact)
        case GuaranteeStep():
            return _about_deadline(fact)
        case RefundReminded() | RefundOverdue():
            return _about_refund(fact)
        case ClaimFact():
            return _about_claim(fact)
        case _:
            return None


def _about_claim(fact: ClaimFact) -> tuple[str, str, list[str], str] | None:
    found, told = claim(fact.claim_id), claim_told(fact)[0]
    if found is None or not told or (isinstance(fact, ClaimReminded) and fact.whom == Side.BUYER):
        return None
    lines = [told, _("Contesta en su página; si el plazo pasa, sigue su camino sin ti.")]
    return (
        "claim",
        _("Reclamación %(n)s: te toca") % {"n": found.number},
        lines,
        f"/oficina/reclamaciones/{found.number}/",
    )


def _about_deadline(fact: GuaranteeStep) -> tuple[str, str, list[str], str] | None:
    """A deadline of the promise: the buyer's days to look are his own to know."""
    order = order_of(fact.order_id)
    if fact.step == Step.INSPECTION_SOON or not still_stands(fact, order):
        return None
    said = {"number": order.number, "day": date_format(localtime(datetime.fromisoformat(fact.due_at)), "j \\d\\e F")}
    then = _("Si el plazo pasa, tu cliente puede reclamar «No llegó» con un solo paso.")
    now = _("Tu cliente ya puede reclamar «No llegó» con un solo paso, y lo sabe.")
    match Step(fact.step):
        case Step.SHIP_SOON:
            subject = _("Está por vencer el plazo para enviar el pedido %(number)s")
            lines = [_("Prometiste enviarlo a más tardar el %(day)s."), then]
        case Step.SHIP_LATE:
            subject = _("Venció el plazo para enviar el pedido %(number)s")
            lines = [_("Prometiste enviarlo a más tardar el %(day)s y sigue sin salir."), now]
        case Step.DELIVER_SOON:
            subject = _("Está por vencer el plazo para entregar el pedido %(number)s")
            lines = [_("Prometiste que llegaría a más tardar el %(day)s. Pregunta a la paquetería dónde va."), then]
        case _:
            subject = _("Venció el plazo para entregar el pedido %(number)s")
            lines = [_("Prometiste que llegaría a más tardar el %(day)s y no sabemos que haya llegado."), now]
    path = f"/oficina/pedidos/{order.number}/"
    return "guarantee_deadline", subject % said, [line % said for line in lines], path


def _about_refund(fact: RefundReminded | RefundOverdue) -> tuple[str, str, list[str], str] | None:
    found = refund(fact.refund_id)
    if found is None or not found.waits_for or fact.keeper == Keeper.BUYER:
        return None
    is_late = isinstance(fact, RefundOverdue)
    lines = [
        _("Son %(amount)s del pedido %(number)s.") % {"amount": found.amount, "number": found.order_number or "—"},
        _("Espera: %(what)s. Le toca a: %(who)s.") % {"what": _(found.wait_label), "who": _(found.keeper_label)},
        _("Nadie respondió a tiempo. El dinero no se mueve solo: alguien tiene que decidirlo.")
        if is_late
        else _("El plazo está por vencer."),
    ]
    subject = _("Un reembolso se atrasó") if is_late else _("Un reembolso espera")
    return "refund_waits", subject, lines, f"/oficina/reembolsos/{found.id}/"


def _about_parcel(fact: ShipmentLate | ShipmentReturned) -> tuple[str, str, list[str], str] | None:
    order, parcel = order_of(fact.order_id), shipment(fact.shipment_id)
    if parcel is None:
        return None
    path = f"/oficina/pedidos/{order.number}/"
    number = {"number": order.number}
    where = {"carrier": parcel.carrier_label, "guide": parcel.tracking_number}
    if isinstance(fact, ShipmentReturned):
        lines = [
            _("Motivo: %(reason)s") % {"reason": fact.reason},
            _("Lo que llevaba vuelve a estar por enviarse. Acuerda con tu cliente cuándo."),
        ]
        return "parcel_returned", _("Regresó un paquete del pedido %(number)s") % number, lines, path
    if fact.kind == Late.TO_SEND:
        lines = [
            _("Prometiste enviarlo a más tardar el %(day)s.") % {"day": date_format(parcel.ship_day)},
            _("Tu cliente ya lo sabe. Envíalo hoy, o dile en el chat qué pasó."),
        ]
        return "parcel_late", _("No ha salido el pedido %(number)s") % number, lines, path
    if fact.kind == Late.MISSED:
        lines = [
            _("Tu cliente dice que no le ha llegado, y por plazo ya no se dará por entregado."),
            _("Búscalo con %(carrier)s, guía %(guide)s, y respóndele.") % where,
        ]
        return "parcel_missed", _("No le ha llegado el pedido %(number)s") % number, lines, path
    lines = [
        _("Debía llegar a más tardar el %(day)s y nadie ha dicho que llegó.")
        % {"day": date_format(parcel.promised_to)},
        _("Búscalo con %(carrier)s, guía %(guide)s. A tu cliente ya le preguntamos si lo tiene.") % where,
    ]
    return "parcel_late", _("No ha llegado el pedido %(number)s") % number, lines, path


def _write(
    fact: Fact, store: StoreView, template: str, subject: str, lines: Sequence[str], path: str, *, at: datetime
) -> None:
    context: dict[str, Any] = {
        "store": store,
        "subject": subject,
        "lines": lines,
        "link": f"{settings.SEGURIPAGO.base_url.rstrip('/')}{path}",
    }
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string("notices/store_letter.txt", context).strip() + "\n"
        html = render_to_string("notices/store_letter.html", context)
    Mail.objects.bulk_create(
        [
            Mail(
                store_id=store.id,
                order_id=None,
                key=rules.fact_key(type(fact).__name__, fact.to_json(), template),
                template=template,
                to=store.email,
                subject=subject[:200],
                text=text,
                html=html,
                attachments=[],
                state=MailState.QUEUED,
                at=at,
                due_at=at,
            )
        ],
        ignore_conflicts=True,
    )
