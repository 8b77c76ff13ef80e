"""A real clamd on this machine, with signatures of our own: EICAR's body and a script in a PDF."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_BODY = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
_PLACES = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin:/usr/bin:/usr/local/bin"


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """Give the address at which it listens."""
    program = shutil.which("clamd") or shutil.which("clamd", path=_PLACES)
    assert program, "clamd is missing: .ci/system-packages installs it"
    signatures = folder / "signatures"
    signatures.mkdir(parents=True)
    (signatures / "local.ndb").write_text(f"Eicar-Local:0:*:{_BODY.hex()}\n")
    port = free_port()
    settings = folder / "clamd.conf"
    settings.write_text(
        f"TCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {signatures}\nForeground yes\n"
        f"StreamMaxLength 16M\nTemporaryDirectory {folder}\nLogFile {folder / 'log'}\n"
    )
    running = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            assert running.poll() is None, (folder / "log").read_text()
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)
