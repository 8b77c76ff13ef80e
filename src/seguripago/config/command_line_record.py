"""What was recorded: prove that nobody changed it, and give to listeners what they could not digest before."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from seguripago.config import wiring
from seguripago.config.command_line_home import NotReady
from seguripago.foundations.audit.queries import prove_chain
from seguripago.foundations.facts.commands import Listener, listen_once, number_facts, retry_parked
from seguripago.foundations.facts.queries import parked as parked_facts
from seguripago.journey.receipts.queries import prove_chains
from seguripago.journey.reconciliation.queries import faulty_closes


def verify_audit() -> dict[str, Any]:
    """Recompute the whole chain of the audit; the tail that the sealer has not reached is told, and is no fault.

    Every day that was closed wrote the chain's head of that moment down, signed: those are compared too. So are the
    receipts, which have a chain of their own, and the anchors that sign the ends of both once a day.
    """
    proof = prove_chain()
    closes, faulty = faulty_closes()
    receipts = prove_chains()
    return {
        **asdict(proof),
        "closes": closes,
        "closes_broken": [{"store": store, "day": day, "faults": list(faults)} for store, day, faults in faulty],
        "receipts": receipts.receipts,
        "anchors": receipts.anchors,
        "receipts_broken": [{"store": store, "faults": list(faults)} for store, faults in receipts.broken],
        "ok": proof.broken_at is None and proof.missing == 0 and not faulty and not receipts.broken,
    }


def replay(*, listener: str | None = None, parked: bool = False) -> dict[str, Any]:
    """Let listeners (or the named one) digest what is unread, and what is parked whatever its pause.

    With `parked` only the parked facts; what fails again stays parked.
    """
    chosen = [each for each in wiring.listeners() if listener in {None, each.name}]
    if not chosen:
        raise NotReady(f"No hay quien escuche con el nombre {listener!r}.")
    if not parked:
        number_facts()
    done = {each.name: (0 if parked else _read_all(each)) + _read_parked(each) for each in chosen}
    names = set(done)
    left = [{"listener": name, "fact": fact, "error": error} for name, fact, error in parked_facts() if name in names]
    return {"replayed": done, "parked": left}


def _read_all(listener: Listener) -> int:
    total = 0
    while read := listen_once(listener, at=timezone.now()):
        total += read
    return total


def _read_parked(listener: Listener) -> int:
    return retry_parked(listener, at=timezone.now(), force=True)
