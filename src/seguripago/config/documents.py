"""`seguripago documents`: write what can be read off the code, so that no list of codes, facts or states grows old."""

import dataclasses
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import seguripago
from seguripago.config import wiring
from seguripago.foundations.approvals import rules as approvals
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.assistance import rules as assistance
from seguripago.journey.bank import statement_rules as statements
from seguripago.journey.cards.rules import charges
from seguripago.journey.claims import rules as claims
from seguripago.journey.delivery import rules as delivery
from seguripago.journey.evidence import rules as evidence
from seguripago.journey.guarantee import rules as guarantee
from seguripago.journey.notices import rules as notices
from seguripago.journey.orders.rules import states as orders
from seguripago.journey.payments import rules as payments
from seguripago.journey.reconciliation.rules import actions as cases
from seguripago.journey.reconciliation.rules import returns
from seguripago.journey.refunds.rules import states as refunds
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

type Move = tuple[str, str, str]

SIGN = "<!-- Written by `seguripago documents`; tests/docs/test_documents.py fails when the code says otherwise. -->"
FAMILIES = {
    "1": "Cart, checkout and orders",
    "2": "Payments, bank and reconciliation",
    "3": "The assistant",
    "4": "Evidence, delivery, receipts and guarantee",
    "5": "Stores and people",
}
ABOUT_REFUSALS = """\
An expected «no» is a class with a code that a person can search; a screen says it in words of its own. A refusal that
a page does not explain where it happened becomes a page that shows the code, with status 409; on the command line it
is told with its code, and the exit code is 1."""
ABOUT_FACTS = """\
A fact is announced in the transaction that makes it true, numbered after the commit, and read by each listener at its
own pace. Every fact also carries `store_id` and `at`. *Subject* is what waits in line when a listener fails; *wakes*
are the topics whose screens look again at once, whether or not anybody listens."""
ABOUT_STATES = """\
Each room keeps its table in `rules`; no other place decides a move. An arrow is named after what moves it."""


def write(*, folder: str) -> dict[str, Any]:
    """Write every generated document into `folder`; says which of them changed."""
    target = Path(folder).absolute()
    target.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in documents().items():
        file = target / name
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            changed.append(name)
    return {"folder": str(target), "changed": changed}


def documents() -> dict[str, str]:
    """Give every generated document by its file's name."""
    _import_everything()
    return {"errors.md": errors(), "facts.md": facts(), "states.md": states()}


def errors() -> str:
    """List every refusal by its code, with its sentence and the module that names it."""
    known = (cls for cls in Refusal.registry.values() if cls.__module__.startswith("seguripago."))
    page = [_head("Refusals", ABOUT_REFUSALS)]
    for family, group in _grouped(sorted(known, key=lambda cls: cls.code), lambda cls: cls.code[3]):
        rows = ((cls.code, f"`{cls.__name__}`", _says(cls), f"`{_module(cls)}`") for cls in group)
        page.append(f"## {FAMILIES.get(family, family)}\n\n" + _table(("code", "class", "says", "where"), rows))
    return "\n\n".join(page) + "\n"


def facts() -> str:
    """List every fact by the room that announces it: fields, subject, wake-ups and who listens."""
    listeners = wiring.listeners()
    heard = ((f"`{one.name}`", ", ".join(cls.__name__ for cls in one.facts), _says(one.digest)) for one in listeners)
    page = [_head("Facts", ABOUT_FACTS), "## Listeners\n\n" + _table(("listener", "hears", "does"), heard)]
    titles = ("fact", "says", "fields", "subject", "wakes", "heard by")
    for room, group in _grouped(announced_facts(), lambda cls: cls.__module__.split(".")[2]):
        page.append(f"## {room}\n\n" + _table(titles, (_fact_cells(cls, listeners) for cls in group)))
    return "\n\n".join(page) + "\n"


def states() -> str:
    """Draw each room's states, earliest room first: off its table or, where a room decides by code, by asking it."""
    shelf = [f"{state.value} : {state.value} ({stock.value})" for state, stock in orders.STOCK_OF.items()]
    page = [
        _head("States", ABOUT_STATES),
        _diagram("Order", orders, [*shelf, *_arrows("placed", _of_table(orders.MOVES))]),
        _diagram("Payment", payments, _arrows("awaiting", _of_table(payments.MOVES))),
        _diagram("Link", payments, _arrows("active", _of_table(payments.LINK_MOVES))),
        _diagram("Proposal", approvals, _arrows("open", _of_table(approvals.MOVES))),
        _diagram("Statement", statements, _arrows("kept", _of_table(statements.STATEMENT_MOVES))),
        _diagram("Case", cases, _arrows("open", _of_table(cases.CASE_MOVES))),
        _diagram("Return", returns, _arrows("approved", _of_table(returns.RETURN_MOVES))),
        _diagram("Card charge", charges, _arrows("created", _of_table(charges.MOVES))),
        _diagram("Refund", refunds, _arrows("asked", _of_table(refunds.MOVES))),
        _diagram("Comprobante", evidence, (f"[*] --> {state.value}" for state in evidence.EvidenceState)),
        _diagram("Parcel", delivery, _arrows("preparing", _of_table(delivery.MOVES))),
        _diagram("Guarantee", guarantee, _arrows("offered", _guarantee_moves())),
        _diagram("Claim", claims, _arrows("opened", _of_table(claims.MOVES))),
        _diagram("Conversation", assistance, _arrows("waiting", _conversation_moves())),
        _diagram("Mail", notices, _arrows("queued", _mail_moves())),
    ]
    return "\n\n".join(page) + "\n"


def announced_facts() -> list[type[Fact]]:
    """List the facts that rooms announce, in the order in which each room names them; shapes they share are none."""
    ours = [
        cls
        for cls in Fact.kinds.values()
        if cls.__module__.startswith(("seguripago.journey.", "seguripago.foundations."))
    ]
    shared = {parent for cls in ours for parent in cls.__mro__[1:]}
    return sorted((cls for cls in ours if cls not in shared), key=lambda cls: cls.__module__)


def _import_everything() -> None:
    """Import every module that may name a refusal or a fact; those that start a server name none."""
    for found in pkgutil.walk_packages(seguripago.__path__, "seguripago."):
        if not {"migrations", "asgi", "wsgi"} & set(found.name.split(".")):
            import_module(found.name)


def _fact_cells(cls: type[Fact], listeners: Iterable[Listener]) -> tuple[str, ...]:
    fields = (field.name for field in dataclasses.fields(cls) if field.name not in {"store_id", "at"})
    heard_by = (listener.name for listener in listeners if cls in listener.facts)
    return (
        f"`{cls.__name__}`",
        _says(cls),
        " ".join(f"`{name}`" for name in fields),
        f"`{cls.subject}`",
        " ".join(f"`{topic}`" for topic in cls.wakes),
        ", ".join(f"`{name}`" for name in heard_by),
    )


def _says(thing: type | Callable[..., Any]) -> str:
    """Give the first line of its own docstring; a dataclass without words writes only its signature, which is none."""
    line = inspect.cleandoc(thing.__doc__ or "").split("\n")[0]
    return "" if line.startswith(f"{thing.__name__}(") else line


def _module(cls: type) -> str:
    return cls.__module__.removeprefix("seguripago.")


def _head(title: str, about: str) -> str:
    return f"# {title}\n\n{SIGN}\n\n{about}"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") or "—" for cell in line) + " |" for line in lines)


def _diagram(title: str, rules: Any, lines: Iterable[str]) -> str:
    where = _module_path(rules)
    drawn = "\n".join(f"    {line}" for line in lines)
    return f"## {title}\n\nDecided in `{where}`.\n\n```mermaid\nstateDiagram-v2\n{drawn}\n```"


def _module_path(module: Any) -> str:
    return str(Path(module.__file__).relative_to(Path(seguripago.__path__[0]))).removesuffix("/__init__.py")


def _arrows(first: str, moves: Iterable[Move]) -> Iterator[str]:
    yield f"[*] --> {first}"
    for (here, following), group in _grouped(moves, lambda move: (move[0], move[2])):
        yield f"{here} --> {following} : {', '.join(event for _, event, _ in group)}"


def _of_table[State: StrEnum, Event: StrEnum](table: Mapping[tuple[State, Event], State]) -> Iterator[Move]:
    for (here, event), following in table.items():
        yield here.value, event.value, following.value


def _conversation_moves() -> Iterator[Move]:
    for here in (assistance.WAITING, assistance.ASSIGNED, assistance.RESOLVED):
        for event in assistance.Event:
            try:
                yield here, event.value, assistance.next_state(here, event)
            except assistance.Impossible:
                continue


def _guarantee_moves() -> Iterator[Move]:
    """Ask for every event in every standing; a held one is asked before and after its inspection clock started."""
    over = datetime(2026, 1, 1, tzinfo=UTC)
    amount, nothing = Money(100), Money(0)
    offered = guarantee.offered(amount.currency)
    held = guarantee.after(offered, guarantee.Hold(amount))
    looked_at = replace(held, inspection_ends_at=over)
    others = (replace(held, state=state) for state in guarantee.GuaranteeState if state not in {"offered", "held"})
    events: dict[str, guarantee.Event] = {
        "hold": guarantee.Hold(amount),
        "start_inspection": guarantee.StartInspection(over),
        "accept": guarantee.Accept(),
        "end_clock": guarantee.EndClock(over),
        "claim": guarantee.Claim(over - timedelta(days=1)),
        "withdraw": guarantee.Withdraw(over),
        "replace": guarantee.Replace(over),
        "resolve": guarantee.Resolve(nothing, amount),
    }
    found: dict[Move, None] = {}
    for standing in (offered, held, looked_at, *others):
        for name, event in events.items():
            try:
                found[standing.state.value, name, guarantee.after(standing, event).state.value] = None
            except (guarantee.GuaranteeCannot, guarantee.TooLateToClaim):
                continue
    yield from found


def _mail_moves() -> Iterator[Move]:
    tries = len(notices.PAUSES)
    for here in notices.WAITING:
        yield here, "carried", notices.MailState.SENT.value
        yield here, "not carried", notices.after_failure(1, is_permanent=False)[0].value
        yield here, "refused for good", notices.after_failure(1, is_permanent=True)[0].value
    yield "failed", f"not carried {tries + 1} times", notices.after_failure(tries + 1, is_permanent=False)[0].value
    yield "parked", "tried again by hand", notices.MailState.QUEUED.value


def _grouped[Thing, Key](things: Iterable[Thing], key: Callable[[Thing], Key]) -> Iterator[tuple[Key, list[Thing]]]:
    groups: dict[Key, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    yield from groups.items()
