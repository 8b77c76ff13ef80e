"""`seguripago …`: one entry point. `command_line_table` lists the commands; this file parses, prepares, prints."""

import argparse
import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

from cryptography.exceptions import InvalidTag

from seguripago import __version__
from seguripago.config import command_line_home as home
from seguripago.config.command_line_table import COMMANDS, Command, Needs
from seguripago.values.refusal import Refusal

JSON_SAYS = "responde con un solo objeto JSON"
WRONG_MAIN_KEY = (
    "SEGURIPAGO_MAIN_KEY no abre lo que está sellado en esta base de datos: no es la llave con que se selló. "
    "Define la que era, o agrégala a SEGURIPAGO_MAIN_KEY_PREVIOUS (en la demostración, SEGURIPAGO_SECRET_KEY)."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Give 0 when it went well, 1 when it found fault, 2 when it was not understood."""
    signal.signal(signal.SIGTERM, _leave)
    parser = build_parser()
    told = vars(parser.parse_args(argv))
    as_json: bool = told.pop("json")
    command: Command | None = told.pop("command", None)
    if command is None:
        parser.print_help()
        return 2
    told.pop("group", None)
    stdout = sys.stdout
    try:
        # With --json nothing but the answer may reach stdout, whatever a library prints.
        with contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext():
            said = run(command, told, tell=stdout if as_json else None)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        refusal = expected(error)
        if refusal is None:
            raise
        if as_json:
            print(json.dumps(refusal, ensure_ascii=False), file=stdout)
        print(refusal["error"] + (f" ({refusal['code']})" if "code" in refusal else ""), file=sys.stderr)
        return 1
    if said is None:
        return 0
    if as_json:
        print(json.dumps(said, ensure_ascii=False, default=str), file=stdout)
    else:
        print("\n".join(command.reads(said) if command.reads else lines_of(said)))
    return 1 if command.fails(said) else 0


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands; two words ("audit verify") become a command with a subcommand."""
    shared = argparse.ArgumentParser(add_help=False)
    # SUPPRESS: the word counts before and after the command; a command's default must not undo it.
    shared.add_argument("--json", action="store_true", help=JSON_SAYS, default=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(prog="seguripago", description="SeguriPago by Connect@me PAY")
    parser.add_argument("--json", action="store_true", help=JSON_SAYS)
    parser.add_argument("--version", action="version", version=__version__)
    top = parser.add_subparsers(metavar="ORDEN", title="órdenes")
    groups: dict[str, Any] = {}
    for command in COMMANDS:
        first, _, second = command.words.partition(" ")
        place = top
        if second:
            if first not in groups:
                group = top.add_parser(first, help=f"{first} …")
                groups[first] = group.add_subparsers(metavar="ORDEN", required=True, dest="group")
            place = groups[first]
        one = place.add_parser(second or first, help=command.says, description=command.says, parents=[shared])
        for names, options in command.arguments:
            one.add_argument(*names, **options)
        one.set_defaults(command=command)
    return parser


def run(command: Command, told: Mapping[str, Any], *, tell: Any = None) -> Mapping[str, Any] | None:
    """Prepare what the command needs and call it with its options as keywords."""
    with prepared(command.needs):
        function = resolve(command)
        if command.tells:
            return function(**told, tell=tell)
        return function(**told)


def resolve(command: Command) -> Callable[..., Mapping[str, Any] | None]:
    """Import the function that a command names, and nothing before it is needed."""
    module, _, name = command.target.partition(":")
    function: Callable[..., Mapping[str, Any] | None] = getattr(importlib.import_module(module), name)
    return function


@contextlib.contextmanager
def prepared(needs: Needs) -> Iterator[None]:
    """Hold what a command needs while it runs: nothing, the database, or the whole site (where there is one)."""
    if needs is Needs.NOTHING:
        yield
        return
    if needs is Needs.SITE_IF_THERE:
        with contextlib.ExitStack() as stack:
            if home.is_installed():
                with contextlib.suppress(home.NotReady):
                    stack.enter_context(prepared(Needs.SITE))
            yield
        return
    home.assume_identity()
    with home.database():
        if needs is Needs.SITE:
            import django

            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seguripago.config.settings")
            django.setup()
            from seguripago.config import wiring

            wiring.connect()
        try:
            yield
        finally:
            if needs is Needs.SITE:
                from django.db import connections

                for connection in connections.all(initialized_only=True):
                    connection.close()
                    connection.close_pool()  # type: ignore[attr-defined]


def expected(error: Exception) -> dict[str, str] | None:
    """Give the words of a fault that a person can mend; None for a defect, which deserves its traceback."""
    if isinstance(error, Refusal):
        return {"error": _words_of(error), "code": error.code}
    if isinstance(error, home.NotReady):
        return {"error": str(error)}
    if isinstance(error, InvalidTag):
        return {"error": WRONG_MAIN_KEY}
    return None


def _words_of(refusal: Refusal) -> str:
    """What was said when it was raised; else the words that the class has for a person."""
    said, shown = str(refusal), getattr(refusal, "says", None)
    return str(shown) if shown is not None and said in (type(refusal).__doc__ or "") else said


def lines_of(said: Mapping[str, Any]) -> Iterator[str]:
    """Give an answer as lines for a person."""
    width = max((len(name) for name in said), default=0)
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield name
            yield from (f"  {line}" for line in lines_of(value))
        elif isinstance(value, list | tuple):
            yield f"{name:<{width}}  {len(value)}"
            yield from (f"  {_word(one)}" for one in value)
        else:
            yield f"{name:<{width}}  {_word(value)}"


def _word(value: object) -> str:
    match value:
        case None:
            return "—"
        case bool():
            return "sí" if value else "no"
        case Mapping():
            return ", ".join(f"{name}: {_word(one)}" for name, one in value.items())
        case list() | tuple():
            return ", ".join(_word(one) for one in value) or "—"
        case _:
            return str(value)


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    raise SystemExit(main())
