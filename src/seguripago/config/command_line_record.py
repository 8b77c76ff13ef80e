"""What was recorded: prove that nobody changed it, and give to listeners what they could not digest before."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from seguripago.config import wiring
from seguripago.foundations.audit.queries import prove_chain
from seguripago.foundations.facts.commands import retry_parked
from seguripago.foundations.facts.queries import parked


def verify_audit() -> dict[str, Any]:
    """Recompute the whole chain of the audit; the tail that the sealer has not reached is told, and is no fault."""
    proof = prove_chain()
    return {"intact": proof.broken_at is None and proof.missing == 0, **asdict(proof)}


def replay() -> dict[str, Any]:
    """Give every parked fact to its listener again, whatever its pause; what fails again stays parked."""
    now = timezone.now()
    done = {listener.name: retry_parked(listener, at=now, force=True) for listener in wiring.listeners()}
    left = [{"listener": name, "fact": fact, "error": error} for name, fact, error in parked()]
    return {"replayed": done, "parked": left}
