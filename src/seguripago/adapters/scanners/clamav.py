"""ClamAV's daemon over INSTREAM (clamd(8), "zINSTREAM"): the file travels through the socket, never by a path."""

import socket
import struct
from contextlib import closing
from typing import Final

from django.conf import settings

from seguripago.ports.scanners import Finding, Harmful, Harmless, NotScanned

_CHUNK: Final = 65_536
_TIMEOUT_S: Final = 20


class ClamAv:
    """Asks the clamd of CLAMD_ADDRESS: `host:port`, or the path of its socket."""

    slug = "clamav"
    title = "ClamAV"

    def scan(self, body: bytes) -> Finding:
        """Send the bytes in chunks and read the one answer; a daemon that hangs up has not scanned."""
        try:
            with closing(self._connect(settings.SEGURIPAGO.clamd_address)) as clamd:
                clamd.sendall(b"zINSTREAM\0")
                for start in range(0, len(body), _CHUNK):
                    chunk = body[start : start + _CHUNK]
                    clamd.sendall(struct.pack("!I", len(chunk)) + chunk)
                clamd.sendall(struct.pack("!I", 0))
                answer = b""
                while not answer.endswith(b"\0") and (part := clamd.recv(4096)):
                    answer += part
        except (OSError, ValueError) as error:
            return NotScanned(f"{type(error).__name__}: {error}")
        return _finding(answer.rstrip(b"\0").decode("utf-8", "replace").strip())

    def _connect(self, address: str) -> socket.socket:
        if address.startswith("/"):
            local = socket.socket(socket.AF_UNIX)
            local.settimeout(_TIMEOUT_S)
            try:
                local.connect(address)
            except OSError:
                local.close()
                raise
            return local
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_S)


def _finding(answer: str) -> Finding:
    if answer == "stream: OK":
        return Harmless()
    if answer.endswith(" FOUND"):
        return Harmful(answer.removeprefix("stream: ").removesuffix(" FOUND"))
    return NotScanned(answer or "clamd hung up")


ADAPTER: Final = ClamAv()
