"""One PostgreSQL over one data folder: create, configure, start, stop, and clear away what a kill left."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from seguripago.config.cluster_binaries import Binaries
from seguripago.config.cluster_user import Owner

START_LIMIT_S = 60
ORPHANS_MAY_LEAVE_S = 3
OURS = """for process in /proc/[0-9]*; do
  [ "$process/cwd" -ef "$1" ] || continue
  case $(readlink "$process/exe") in */postgres*) echo "${process#/proc/}" ;; esac
done 2>/dev/null"""


class ServerFailed(Exception):
    """PostgreSQL could not be created, started or stopped; the text carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """The programs, their user and, under `owner.home`, the data folder `data` and the log."""

    binaries: Binaries
    owner: Owner

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.owner.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.owner.home / "server.log"

    def create(self, *, admin: str, password: str) -> None:
        """Make the data folder: checksums on, scram for everyone, sorting by code point with UTF-8 letters known."""
        fresh = self.owner.home / "data.new"
        self.owner.run("/bin/rm", "-rf", str(fresh))
        with tempfile.NamedTemporaryFile("w", dir=self.owner.home, prefix="password.") as secret:
            secret.write(password)
            secret.flush()
            if self.owner.user:
                _give(Path(secret.name), self.owner.user)
            said = ""
            for locale in self._locales():
                done = self.owner.run(
                    self.binaries.program("initdb"), "-D", str(fresh), "-U", admin, "--pwfile", secret.name,
                    "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", *locale,
                )  # fmt: skip
                if done.returncode == 0:
                    break
                said = done.stdout
            else:
                raise ServerFailed(f"initdb no pudo crear la base de datos:\n{said}")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude 'seguripago.conf'\n")
        # The name appears only when the folder is whole: a kill before this line costs a second initdb, nothing else.
        fresh.rename(self.data)

    def configure(self, *, port: int, durable: bool) -> None:
        """Write our settings, sized for a small machine."""
        safe = "on" if durable else "off"
        lines = (
            f"port = {port}",
            "listen_addresses = '127.0.0.1'",
            "unix_socket_directories = ''",
            "password_encryption = 'scram-sha-256'",
            "max_connections = 200",
            "shared_buffers = 256MB",
            "work_mem = 8MB",
            "effective_cache_size = 1GB",
            "max_wal_size = 4GB",
            "random_page_cost = 1.1",
            "jit = off",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "log_checkpoints = off",
            f"fsync = {safe}",
            f"full_page_writes = {safe}",
            f"synchronous_commit = {safe}",
        )
        settings = self.data / "seguripago.conf"
        settings.write_text("\n".join(lines) + "\n")
        if self.owner.user:
            _give(settings, self.owner.user)

    def start(self) -> None:
        """Start the server and wait until it answers; orphans of a killed one may hold its memory for a moment."""
        if self.log.exists() and self.log.stat().st_size > 5_000_000:
            self.log.unlink()
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            done = self._pg_ctl("start", "-w", "-t", str(START_LIMIT_S), "-l", str(self.log))
            if done == "":
                return
            if time.monotonic() > deadline or not self._memory_still_held():
                raise ServerFailed(f"PostgreSQL no arrancó: {done}\n{self._end_of_log()}")
            time.sleep(0.3)
            self.clear_away_the_dead()

    def stop(self) -> None:
        """Stop the server: sessions are closed, nothing is lost, no process remains."""
        if not (self.data / "postmaster.pid").exists():
            return
        said = self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60")
        if said and (self.data / "postmaster.pid").exists():
            raise ServerFailed(f"PostgreSQL no se detuvo: {said}")
        # pg_ctl waits for the pid file to go; the process itself ends a moment later.
        deadline = time.monotonic() + ORPHANS_MAY_LEAVE_S
        while self._processes() and time.monotonic() < deadline:
            time.sleep(0.02)

    def is_alive(self) -> bool:
        """Say whether the server that the pid file names is running, ready or not; always False without /proc."""
        pid = self._pid_in_file()
        return pid is not None and pid in self._processes()

    def clear_away_the_dead(self) -> None:
        """After a kill -9: end the orphans of a dead postmaster, and remove a pid file that now names a stranger."""
        pid = self._pid_in_file()
        if pid is None or pid in (living := self._processes()):
            return
        deadline = time.monotonic() + ORPHANS_MAY_LEAVE_S
        while living and time.monotonic() < deadline:
            time.sleep(0.1)  # idle ones notice by themselves that their postmaster died
            living = self._processes()
        for orphan in living:
            _end(orphan, signal.SIGQUIT)
        deadline = time.monotonic() + ORPHANS_MAY_LEAVE_S
        while living and time.monotonic() < deadline:
            time.sleep(0.1)
            living = self._processes()
        for orphan in living:
            _end(orphan, signal.SIGKILL)
        # The number may belong to another program by now, which would make PostgreSQL wait for it for ever.
        if Path("/proc/self/cwd").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _locales(self) -> tuple[tuple[str, ...], ...]:
        if self.binaries.major >= 17:
            return (("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
        return (("--locale=C.UTF-8",), ("--locale=C", "--lc-ctype=en_US.UTF-8"), ("--locale=C",))

    def _pg_ctl(self, verb: str, *options: str) -> str:
        """Run pg_ctl; the empty string when it worked, what it said when not."""
        done = self.owner.run(
            self.binaries.program("pg_ctl"), verb, "-D", str(self.data), *options, timeout_s=START_LIMIT_S + 30
        )
        return "" if done.returncode == 0 else (done.stdout.strip() or f"pg_ctl {verb}: {done.returncode}")

    def _memory_still_held(self) -> bool:
        return "pre-existing shared memory block" in self._end_of_log() or "lock file" in self._end_of_log()

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:]) if self.log.exists() else ""

    def _pid_in_file(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _processes(self) -> frozenset[int]:
        """List the PostgreSQL processes of our data folder: each keeps it as its current folder.

        Asked as the server's own user, because root in a container may not look into another user's processes.
        """
        said = self.owner.run("/bin/sh", "-c", OURS, "sh", str(self.data.resolve()))
        return frozenset(int(line) for line in said.stdout.split() if line.isdigit())


def _end(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def _give(path: Path, user: str) -> None:
    shutil.chown(path, user)
