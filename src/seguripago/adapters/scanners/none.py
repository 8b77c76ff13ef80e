"""No scanner: every file is still taken apart and rebuilt before anyone may download it."""

from typing import Final

from seguripago.ports.scanners import Finding, Harmless


class NoScanner:
    """Finds nothing, and says by its name that nobody looked."""

    slug = "none"
    title = "Sin antivirus"

    def scan(self, body: bytes) -> Finding:
        """Answer that nothing was found."""
        return Harmless()


ADAPTER: Final = NoScanner()
