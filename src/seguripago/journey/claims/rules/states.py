"""The table of a claim's states; no other place decides a move. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ..refusals import ClaimCannot


class State(StrEnum):
    """Where a claim is; every one but the last waits for somebody, until a deadline."""

    OPENED = "opened"
    ANSWERED = "answered"
    REPLACING = "replacing"
    REPLACEMENT_SENT = "replacement_sent"
    RETURNING = "returning"
    SENT_BACK = "sent_back"
    ESCALATED = "escalated"
    PROPOSED = "proposed"
    DECIDED = "decided"
    APPEALED = "appealed"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class Verb(StrEnum):
    """What can be done to a claim."""

    ANSWER = "answer"
    OFFER = "offer"
    REFUSE = "refuse"
    AGREE = "agree"
    AGREE_REPLACEMENT = "agree_replacement"
    AGREE_RETURN = "agree_return"
    SEND_REPLACEMENT = "send_replacement"
    REPLACEMENT_CAME = "replacement_came"
    SEND_BACK = "send_back"
    GOODS_CAME_BACK = "goods_came_back"
    ESCALATE = "escalate"
    PROPOSE = "propose"
    GIVE_UP = "give_up"
    DECIDE = "decide"
    APPEAL = "appeal"
    CARRY_OUT = "carry_out"
    CARRY_OUT_REPLACEMENT = "carry_out_replacement"
    WITHDRAW = "withdraw"
    END = "end"


_S = State
MOVES: Final[dict[tuple[State, Verb], State]] = {
    (_S.OPENED, Verb.ANSWER): _S.ANSWERED,
    (_S.OPENED, Verb.OFFER): _S.ANSWERED,
    # A better offer takes the place of the one that lies there.
    (_S.ANSWERED, Verb.OFFER): _S.ANSWERED,
    # Who must decide may also bring both together.
    (_S.ESCALATED, Verb.OFFER): _S.ANSWERED,
    (_S.ANSWERED, Verb.REFUSE): _S.OPENED,
    (_S.ANSWERED, Verb.AGREE): _S.CLOSED,
    (_S.ANSWERED, Verb.AGREE_REPLACEMENT): _S.REPLACING,
    (_S.ANSWERED, Verb.AGREE_RETURN): _S.RETURNING,
    (_S.REPLACING, Verb.SEND_REPLACEMENT): _S.REPLACEMENT_SENT,
    # A shop around the corner hands it over: the buyer says that it came, nothing travelled.
    (_S.REPLACING, Verb.REPLACEMENT_CAME): _S.CLOSED,
    (_S.REPLACEMENT_SENT, Verb.REPLACEMENT_CAME): _S.CLOSED,
    (_S.RETURNING, Verb.SEND_BACK): _S.SENT_BACK,
    (_S.RETURNING, Verb.GOODS_CAME_BACK): _S.CLOSED,
    (_S.SENT_BACK, Verb.GOODS_CAME_BACK): _S.CLOSED,
    **{
        (here, Verb.ESCALATE): _S.ESCALATED
        for here in (
            _S.OPENED,
            _S.ANSWERED,
            _S.REPLACING,
            _S.REPLACEMENT_SENT,
            _S.RETURNING,
            _S.SENT_BACK,
        )
    },
    (_S.ESCALATED, Verb.PROPOSE): _S.PROPOSED,
    (_S.PROPOSED, Verb.GIVE_UP): _S.ESCALATED,
    (_S.PROPOSED, Verb.DECIDE): _S.DECIDED,
    # Nobody answered, and two people once decided what then happens: the buyer is given back, after the appeal window.
    (_S.OPENED, Verb.DECIDE): _S.DECIDED,
    (_S.DECIDED, Verb.APPEAL): _S.APPEALED,
    (_S.DECIDED, Verb.CARRY_OUT): _S.CLOSED,
    (_S.DECIDED, Verb.CARRY_OUT_REPLACEMENT): _S.REPLACING,
    (_S.APPEALED, Verb.PROPOSE): _S.REVIEWED,
    (_S.REVIEWED, Verb.GIVE_UP): _S.APPEALED,
    # The second decision is the last one: there is no window after it.
    (_S.REVIEWED, Verb.CARRY_OUT): _S.CLOSED,
    (_S.REVIEWED, Verb.CARRY_OUT_REPLACEMENT): _S.REPLACING,
    **{
        (here, Verb.WITHDRAW): _S.CLOSED
        for here in (
            _S.OPENED,
            _S.ANSWERED,
            _S.REPLACING,
            _S.REPLACEMENT_SENT,
            _S.RETURNING,
            _S.ESCALATED,
            _S.PROPOSED,
        )
    },
    # All that was paid went back by another road: there is nothing left to claim.
    **{(here, Verb.END): _S.CLOSED for here in _S if here is not _S.CLOSED},
}
STATE_LABELS: Final[dict[State, str]] = {
    _S.OPENED: "Esperamos la respuesta de la tienda",
    _S.ANSWERED: "La tienda respondió",
    _S.REPLACING: "La tienda prepara tu cambio",
    _S.REPLACEMENT_SENT: "Tu cambio va en camino",
    _S.RETURNING: "Esperamos tu devolución",
    _S.SENT_BACK: "Tu devolución va en camino",
    _S.ESCALATED: "La revisa un supervisor",
    _S.PROPOSED: "La revisa un supervisor",
    _S.DECIDED: "Resuelta, con plazo para apelar",
    _S.APPEALED: "Apelada: se revisa otra vez",
    _S.REVIEWED: "Apelada: se revisa otra vez",
    _S.CLOSED: "Concluida",
}


def move(state: str, verb: Verb) -> State:
    """Say which state follows. Raises ClaimCannot when the table knows no such move."""
    following = MOVES.get((State(state), verb))
    if following is None:
        raise ClaimCannot(state, verb)
    return following


def allows(state: str, verb: Verb) -> bool:
    """Say whether the table knows the move."""
    return (State(state), verb) in MOVES
