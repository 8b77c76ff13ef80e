"""Who owns our cluster and where: never root, and its user must reach its data and its programs."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from seguripago.config.cluster_binaries import Binaries, wheel_roots


class NoUserForServer(Exception):
    """We are root and no unprivileged user can run the server."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user of a cluster and the folder that belongs to it; `user` is None when we are not root."""

    user: str | None
    home: Path

    def run(self, *command: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, from a folder it can enter, with a plain environment."""
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.home)}
        return subprocess.run(
            command, env=environment, cwd="/", timeout=timeout_s, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            user=self.user, group=pwd.getpwnam(self.user).pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )  # fmt: skip

    def can_enter(self, folder: Path) -> bool:
        """Say whether this user may pass into a folder, tried for real."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", str(folder), timeout_s=20).returncode == 0

    def can_start(self, program: str) -> bool:
        """Say whether this user may start a program, tried for real (a missing library counts as no)."""
        try:
            return self.run(program, "--version", timeout_s=20).returncode == 0
        except OSError:
            return False

    def take(self, folder: Path) -> None:
        """Make a folder that only this user may enter."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            shutil.chown(folder, self.user)
        folder.chmod(0o700)


def owner_for(data_dir: Path, name: str, *, home: Path | None) -> Owner:
    """Choose the user and the folder of a cluster; `home` is where an existing one lives and is never changed."""
    user = _unprivileged_user() if os.geteuid() == 0 else None
    if home is None:
        near = data_dir.resolve() / name
        home = near if Owner(user, near).can_enter(data_dir.resolve()) else _home_outside(data_dir, name)
    owner = Owner(user, home)
    if not home.parent.exists():
        home.parent.mkdir(parents=True)
        home.parent.chmod(0o711)
    if not owner.can_enter(home.parent):
        raise NoUserForServer(f"El usuario {user} ya no puede entrar a {home.parent}, donde está la base de datos.")
    owner.take(home)
    return owner


def usable_binaries(binaries: Binaries, owner: Owner) -> Binaries:
    """Give binaries that the owner can start, copied beside its data when the originals are out of its reach."""
    if owner.can_start(binaries.program("postgres")) and owner.can_start(binaries.program("initdb")):
        return binaries
    target = owner.home.with_name(f"{owner.home.name}-{binaries.origin}-{binaries.version}")
    install = target / "pg" / binaries.folder.parent.name
    if not target.exists():
        fresh = target.with_name(f"{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        roots = wheel_roots(binaries)
        shutil.copytree(roots[0], fresh / "pg" / install.name, symlinks=True)
        for libraries in roots[1:]:
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        fresh.rename(target)
    copied = Binaries(install / "bin", binaries.major, binaries.version, binaries.origin)
    if not owner.can_start(copied.program("postgres")):
        raise NoUserForServer(
            f"El usuario {owner.user} no puede ejecutar PostgreSQL desde {binaries.folder} ni desde {install / 'bin'}. "
            "Instala PostgreSQL (Debian: apt-get install postgresql) o define DATABASE_URL."
        )
    return copied


def _unprivileged_user() -> str:
    for name in (os.environ.get("SEGURIPAGO_PG_USER"), "postgres", "nobody"):
        if not name:
            continue
        try:
            if pwd.getpwnam(name).pw_uid != 0:
                return name
        except KeyError:
            continue
    raise NoUserForServer("Como root hace falta un usuario sin privilegios para PostgreSQL: define SEGURIPAGO_PG_USER.")


def _home_outside(data_dir: Path, name: str) -> Path:
    mark = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:10]
    return Path("/var/lib") / f"seguripago-{mark}" / name
