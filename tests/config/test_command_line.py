"""The command line: each row of its table leads somewhere, and with --json it says one object and nothing else."""

from __future__ import annotations

import inspect
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from seguripago.config import command_line
from seguripago.config.command_line_table import COMMANDS, Command, Needs, option

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def seguripago(tmp_path: Path) -> Iterator[Run]:
    """Run the program with a database and a folder of its own."""
    given = os.environ["DATABASE_URL"]
    name = f"seguripago_cli_{secrets.token_hex(4)}"
    server: dict[str, Any] = conninfo_to_dict(given) | {"dbname": "postgres"}
    url = f"{given.rpartition('/')[0]}/{name}"
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SEGURIPAGO_", "DJANGO_"))}
    standing = clean | {"DATABASE_URL": url, "SEGURIPAGO_DEMO": "1", "SEGURIPAGO_DATA_DIR": str(tmp_path / "data")}

    def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "seguripago.config.command_line", *words],
            env={key: value for key, value in (standing | changes).items() if value},
            capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        )  # fmt: skip

    yield run
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_every_command_leads_to_a_function_that_takes_its_options(command: Command) -> None:
    told = {max(names, key=len).lstrip("-").replace("-", "_"): "" for names, _ in command.arguments}
    if command.tells:
        told["tell"] = ""
    inspect.signature(command_line.resolve(command)).bind(**told)


def test_no_command_is_named_twice() -> None:
    words = [command.words for command in COMMANDS]
    assert len(words) == len(set(words))


def test_the_json_word_counts_before_and_after_the_command() -> None:
    parser = command_line.build_parser()
    assert parser.parse_args(["--json", "migrate"]).json is True
    assert parser.parse_args(["migrate", "--json"]).json is True
    assert parser.parse_args(["migrate"]).json is False


def noisy(*, times: int) -> dict[str, Any]:
    print("noise " * times)
    return {"times": times, "places": ["Coatepec", "Xalapa"], "rows": {"a": None, "b": True}}


def test_with_json_nothing_else_reaches_stdout(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loud = Command("loud", f"{__name__}:noisy", "", (option("--times", type=int, default=1),), Needs.NOTHING)
    monkeypatch.setattr(command_line, "COMMANDS", (loud,))
    assert command_line.main(["loud", "--times", "2", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"times": 2, "places": ["Coatepec", "Xalapa"], "rows": {"a": None, "b": True}}
    assert "noise noise" in said.err
    assert command_line.main(["loud"]) == 0
    assert "Xalapa" in capsys.readouterr().out


def test_the_first_day_of_a_database(seguripago: Run) -> None:
    assert seguripago("doctor").returncode == 1
    migrated = seguripago("migrate", "--json")
    assert migrated.returncode == 0, migrated.stderr
    assert json.loads(migrated.stdout)["applied"]
    assert json.loads(seguripago("migrate", "--json").stdout) == {"applied": []}
    checked = seguripago("check-invariants", "--json")
    assert checked.returncode == 0, checked.stderr
    said = json.loads(checked.stdout)
    assert said["checked"] == len(said["rows"]) > 0
    assert set(said["rows"].values()) == {0}
    audit = seguripago("audit", "verify", "--json")
    assert audit.returncode == 0, audit.stderr
    assert json.loads(audit.stdout)["ok"] is True
    replayed = seguripago("replay", "--json")
    assert replayed.returncode == 0, replayed.stderr
    assert json.loads(replayed.stdout)["parked"] == []


def test_a_broken_invariant_is_told_by_the_exit_code(seguripago: Run) -> None:
    url = seguripago_url(seguripago)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE VIEW inv_always_broken AS SELECT 1 AS x")
    done = seguripago("check-invariants", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["rows"]["inv_always_broken"] == 1


def seguripago_url(run: Run) -> str:
    """Read the database's address from the program's own closure."""
    return str(inspect.getclosurevars(run).nonlocals["standing"]["DATABASE_URL"])


def test_a_backup_comes_back_whole_or_not_at_all(seguripago: Run, tmp_path: Path) -> None:
    url = seguripago_url(seguripago)
    kept = tmp_path / "data" / "files" / "ab" / "picture"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"bytes")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'before' AS word")
    saved = seguripago("backup", str(tmp_path / "saved"), "--json")
    assert saved.returncode == 0, saved.stderr
    assert json.loads(saved.stdout)["files"] == 1
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE kept SET word = 'after'")
    kept.unlink()

    assert seguripago("restore", str(tmp_path / "saved")).returncode == 1, "it must not overwrite unasked"
    dump = tmp_path / "saved" / "database.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[: len(whole) // 2])
    assert seguripago("restore", str(tmp_path / "saved"), "--replace").returncode == 1
    assert word_of(url) == "after", "a failed restore changed the database"

    dump.write_bytes(whole)
    back = seguripago("restore", str(tmp_path / "saved"), "--replace", "--json")
    assert back.returncode == 0, back.stderr
    assert word_of(url) == "before"
    assert kept.read_bytes() == b"bytes"


def word_of(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT word FROM kept").fetchone()
    return str(row and row[0])


def test_production_refuses_to_start_without_its_secret(seguripago: Run) -> None:
    done = seguripago("migrate", "--json", SEGURIPAGO_DEMO="")
    assert done.returncode == 1
    assert "SEGURIPAGO_SECRET_KEY" in json.loads(done.stdout)["error"]


def test_doctor_names_a_silent_feed_and_a_main_key_that_opens_nothing(seguripago: Run) -> None:
    assert seguripago("migrate").returncode == 0
    assert seguripago("demo").returncode == 0
    with psycopg.connect(seguripago_url(seguripago)) as connection:
        connection.execute(
            "INSERT INTO bank_feed_hour (store_id, feed, hour, heard, last_at)"
            " SELECT id, 'stp', date_trunc('hour', now()), 1, now() FROM store"
        )
        connection.execute(
            "INSERT INTO bank_feed_silence (store_id, feed, since, noticed_at)"
            " SELECT id, 'stp', now(), now() FROM store"
        )
    silent = seguripago("doctor")
    assert silent.returncode == 1, silent.stderr
    assert "no llega nada de STP desde" in silent.stdout
    other = "another-machine-another-machine-another-" + secrets.token_hex(8)
    locked = seguripago("doctor", SEGURIPAGO_SECRET_KEY=other)
    assert "no abren 4 secretos" in locked.stdout, locked.stderr
    refused = seguripago("deposit", "--clabe", "646180115700000012", "--amount", "1.00", SEGURIPAGO_SECRET_KEY=other)
    assert refused.returncode == 1
    assert "SEGURIPAGO_MAIN_KEY no abre" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_doctor_names_what_production_lacks(seguripago: Run) -> None:
    done = seguripago("doctor", "--json", SEGURIPAGO_DEMO="0")
    assert done.returncode == 1
    said = " ".join(fault["says"] for fault in json.loads(done.stdout)["faults"])
    for name in ("SEGURIPAGO_MAIN_KEY", "SEGURIPAGO_BASE_URL", "EMAIL_URL"):
        assert name in said


@pytest.mark.parametrize(
    ("assistant", "proxies", "says"),
    [
        ("", "", ("Falta SEGURIPAGO_ASSISTANT_ORIGIN", "Falta SEGURIPAGO_TRUSTED_PROXIES")),
        ("http://chat.pagos.example.mx", "10.0.0.0/8", ("ASSISTANT_ORIGIN debe empezar con https://",)),
        ("https://chat.example.mx", "0.0.0.0/0", ("no está bajo la dirección principal", "cree a cualquiera")),
        ("https://chat.pagos.example.mx", "10.0.0.7", ()),
    ],
)
def test_doctor_says_what_is_unsafe_about_the_embedded_chat(
    assistant: str, proxies: str, says: tuple[str, ...]
) -> None:
    from seguripago.config.command_line_doctor import _outside

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGURIPAGO_TRUSTED_PROXIES", proxies)
        found = list(_outside("https://pagos.example.mx", assistant))
    assert len(found) == len(says)
    for fault, words in zip(found, says, strict=True):
        assert words in fault
