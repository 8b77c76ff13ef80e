"""kill -9 in the middle of a statement's import: of the command, the worker, PostgreSQL. Every line counts once."""

from __future__ import annotations

import asyncio
import random
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from seguripago.values.money import Money
from tests.faults.bank_side import Movement
from tests.faults.ending import faults, settle
from tests.faults.house import OWN, House, Stage, running

LINES = 3_000
HEADINGS = (
    "Fecha Operación,Clave de Rastreo,Institución Ordenante,Nombre Ordenante,Cuenta Ordenante,"
    "Cuenta Beneficiario,Concepto de Pago,Referencia Numérica,Monto"
)


def lines_of(stage: Stage) -> tuple[Movement, ...]:
    return tuple(
        Movement(f"CAOSLINEA{place:06d}", order.clabe, order.centavos, b"", stage.secret, [])
        for place, order in enumerate(stage.orders)
    )


def write(path: Path, lines: Sequence[Movement]) -> None:
    today = datetime.now(UTC).date().isoformat()
    rows = [
        f"{today},{line.tracking_key},40012,LUCIA HERNANDEZ ROBLES,012180015012884670,{line.clabe},Pago,{place},"
        f"{Money(line.centavos).plain}"
        for place, line in enumerate(lines)
    ]
    path.write_text("\n".join([HEADINGS, *rows]) + "\n")


def kept(stage: Stage) -> int:
    with psycopg.connect(stage.url) as connection:
        row = connection.execute("SELECT count(*) FROM deposit WHERE tracking_key LIKE 'CAOSLINEA%'").fetchone()
        assert row is not None
        return int(row[0])


def wait_for(stage: Stage, count: int, within_s: float) -> int:
    """Wait until so many lines are deposits; how many there are."""
    until = time.monotonic() + within_s
    while True:
        try:
            if (found := kept(stage)) >= count:
                return found
        except psycopg.OperationalError:
            found = -1
        assert time.monotonic() < until, f"{found} of {count} lines after {within_s} s"
        time.sleep(0.02)


def test_a_statement_is_imported_once_whoever_dies_meanwhile(house: House, seed: int) -> None:
    print(f"SEGURIPAGO_SEED={seed}")
    rng = random.Random(seed)
    stage = house.stage(LINES)
    lines, path = lines_of(stage), house.folder / "estado.csv"
    write(path, lines)
    with running(house, stage) as site:
        command = subprocess.Popen(
            [*OWN, "import-statement", str(path), "--json"],
            env=house.environment(stage.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(stage, 1, within_s=60)
        command.kill()
        command.wait()
        print(f"the command was killed after {kept(stage)} lines")
        for victim in ("one of worker", "worker", "postgres"):
            time.sleep(rng.uniform(0.2, 1.5))
            print(f"after {kept(stage)} lines: killed", asyncio.run(site.kill(victim, rng)))
        # Nobody asks again: what was accepted is finished by the worker.
        wait_for(stage, LINES, within_s=120)
        settle(site, within_s=120, followers=False)
        again = house.ask(stage.url, "import-statement", str(path))
    assert (again["rows"], again["new"], again["refused"]) == (LINES, 0, [])
    found = faults(house, stage, lines, {line.tracking_key for line in lines}, followers=False)
    assert found == []
    house.drop(stage)
