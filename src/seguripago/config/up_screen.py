"""What `up` says in the terminal."""

import os
import sys
from pathlib import Path

from seguripago.config.up_children import Child

PEOPLE = (
    ("analista@demo.test", "analista", "/mesa/"),
    ("medios@demo.test", "Medios de Pago", "/medios-de-pago/"),
    ("supervisor@demo.test", "supervisión", "/medios-de-pago/"),
    ("tienda@demo.test", "dueña de la tienda", "/oficina/"),
)


class Screen:
    """Lines for a person; silent when the answer is JSON."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def step(self, what: str) -> None:
        """Say what is being prepared."""
        self._say(f"  {self._paint('2', '·')} {what}")

    def ready(self, port: int, password: str, logs: Path) -> None:
        """Say where everything is and who may enter."""
        site = f"http://127.0.0.1:{port}"
        self._say("")
        self._say(f"  {self._paint('1;32', 'SEGURIPAGO')} by Connect@me PAY")
        self._say("")
        for label, path in (
            ("Tienda", "/"),
            ("Cómo funciona", "/como-funciona/"),
            ("Mesa de analistas", "/mesa/"),
            ("Medios de pago", "/medios-de-pago/"),
            ("Banco de pruebas", "/banco-de-pruebas/"),
        ):
            self._say(f"  {label:<18} {self._paint('1', site + path)}")
        self._say("")
        self._say(f"  Personas de la demostración, contraseña {self._paint('1', password)}")
        for address, role, path in PEOPLE:
            self._say(f"  {address:<22} {role:<20} {site}{path}")
        self._say("")
        self._say(f"  Bitácoras en {_near(logs)}/ · Ctrl-C detiene todo; los datos se conservan.")
        self._say("")
        self._say(f"READY {site}/")

    def restarted(self, child: Child) -> None:
        """Say that a process ended by itself and is started again."""
        sign = self._paint("33", "!")
        self._say(f"  {sign} {child.name} se detuvo ({child.exit_code}) y arranca de nuevo: {_near(child.log)}")

    def database_restarted(self) -> None:
        """Say that the database had died alone; whoever uses it waits and reconnects."""
        self._say(f"  {self._paint('33', '!')} la base de datos se detuvo y arrancó de nuevo; nada se perdió")

    def database_failed(self, why: str) -> None:
        """Say that the database cannot be started now; it is tried again."""
        self._say(f"  {self._paint('31', '!')} la base de datos se detuvo y no arranca: {why}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._say("\n  Deteniendo todo…")

    def _say(self, line: str) -> None:
        if not self._quiet:
            print(line, flush=True)

    def _paint(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour else text


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
