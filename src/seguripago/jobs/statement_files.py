"""Statements without a person: the worker's lane that looks and imports, and the folder where files are dropped.

`<data>/estados-de-cuenta/<store>/` takes files; what is imported goes to `procesados/`, what a person must look at to
`con-preguntas/`. A file that is still being written is left alone until it rests.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from seguripago.foundations.stores.queries import StoreView, stores_all
from seguripago.journey.bank.commands.statement_import import StatementImport
from seguripago.journey.bank.commands.statement_reading import prepare_statement
from seguripago.journey.bank.commands.statements import accept_statement, keep_statement
from seguripago.journey.bank.statement_queries import statement, statements_to_do
from seguripago.journey.bank.statement_refusals import StatementElsewhere, StatementTooLarge
from seguripago.journey.reconciliation.commands import judge_arrived
from seguripago.values.actor import Actor

FOLDER: Final = "estados-de-cuenta"
DONE: Final = "procesados"
ASKS: Final = "con-preguntas"
RESTS_S: Final = 2.0
LOOK_S: Final = 1.0
RETRY_S: Final = 2.0
DROPPED: Final = Actor.system("Carpeta de estados de cuenta")
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".filepart", "~")

log = logging.getLogger("seguripago.statements")


def run(stop: threading.Event) -> None:
    """Do what there is to do about statements until `stop`."""
    while not stop.is_set():
        try:
            look_into_folders()
            work_once(stop.is_set)
        except Exception:
            log.exception("statements: failed, again in %s s", RETRY_S)
            connection.close()
            stop.wait(RETRY_S)
        stop.wait(LOOK_S)


def work_once(is_told_to_leave: Callable[[], bool] = lambda: False) -> int:
    """Look at every kept statement and import every accepted one; returns how many were moved on."""
    count = 0
    for statement_id, state in statements_to_do():
        if is_told_to_leave():
            break
        try:
            if state == "kept":
                prepare_statement(statement_id, at=timezone.now())
            else:
                import_now(statement_id, is_told_to_leave=is_told_to_leave)
            count += 1
        except Exception:
            # One bad file must not keep the others waiting; it is tried again at the next look.
            log.exception("statement %s failed", statement_id)
            connection.close()
    return count


def import_now(statement_id: int, *, is_told_to_leave: Callable[[], bool] = lambda: False, at_once: int = 2) -> bool:
    """Import an accepted statement in this process; False when another process is at it.

    New deposits are judged in the transaction that keeps them. `at_once` threads keep parts, so that this process and
    the database work at the same time.
    """
    with StatementImport(statement_id, then=_judge) as work:
        if not work.is_mine:
            return False
        if at_once > 1 and work.begin(at=timezone.now()):
            with ThreadPoolExecutor(at_once) as threads:
                for done in [threads.submit(_keep_parts, work, is_told_to_leave) for _ in range(at_once)]:
                    done.result()
        while not is_told_to_leave() and work.step(at=timezone.now()):
            pass
    return True


def _keep_parts(work: StatementImport, is_told_to_leave: Callable[[], bool]) -> None:
    try:
        while not is_told_to_leave() and (part := work.next_part()) is not None:
            work.keep_part(part, at=timezone.now())
    finally:
        connection.close()


def _judge(deposit_ids: Sequence[int], at: datetime) -> None:
    judge_arrived(deposit_ids, at=at)


def bring(store_id: int, path: Path, *, by: Actor, answers: Mapping[str, Any] | None = None) -> int:
    """Keep a file of this machine as a statement and look at it; returns the statement's id."""
    with path.open("rb") as file:
        statement_id = keep_statement(
            store_id, name=path.name, file=file, by=by, at=timezone.now(), answers=answers or {}
        )
    prepare_statement(statement_id, at=timezone.now())
    return statement_id


def look_into_folders() -> int:
    """Bring what lies in the stores' folders and rests; returns how many files were moved."""
    root = Path(settings.SEGURIPAGO.data_dir) / FOLDER
    if not root.is_dir():
        return 0
    moved = 0
    for store in stores_all():
        for path in _resting(root / store.slug):
            try:
                moved += _take(store, path)
            except OSError:
                log.exception("statements: %s cannot be taken", path.name)
    return moved


def _take(store: StoreView, path: Path) -> bool:
    try:
        statement_id = bring(store.id, path, by=DROPPED)
    except StatementTooLarge:
        _put(path, ASKS)
        return True
    found = statement(store.id, statement_id)
    if found is not None and found.state == "ready":
        try:
            accept_statement(store.id, statement_id, by=DROPPED, at=timezone.now())
        except StatementElsewhere:
            log.info("statement %s was moved on by somebody else", statement_id)
        found = statement(store.id, statement_id)
    if found is None or found.state == "kept":
        return False
    _put(path, DONE if found.state in {"importing", "done"} else ASKS)
    return True


def _resting(folder: Path) -> Iterator[Path]:
    """Plain files that nobody has written to for a while; never a link, which could point anywhere."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if not entry.is_file(follow_symlinks=False) or entry.name.startswith("."):
            continue
        if entry.name.lower().endswith(_UNFINISHED):
            continue
        if timezone.now().timestamp() - entry.stat(follow_symlinks=False).st_mtime >= RESTS_S:
            yield Path(entry.path)


def _put(path: Path, folder: str) -> None:
    """Move a file aside without ever replacing another one."""
    target = path.parent / folder
    target.mkdir(mode=0o700, exist_ok=True)
    place, number = target / path.name, 1
    while place.exists():
        number += 1
        place = target / f"{path.stem}-{number}{path.suffix}"
    path.rename(place)
