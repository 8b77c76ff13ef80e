"""The demo's messenger: nothing leaves; /correo-de-pruebas/ shows what would have."""

from seguripago.ports.messengers import Letter


class Outbox:
    """Takes every letter. The mail itself is kept by whoever wrote it."""

    slug = "outbox"
    title = "Correo de pruebas"

    def carry(self, letter: Letter) -> None:
        """Take the letter, with its attachments already drawn, so that a broken one is noticed here too."""


ADAPTER = Outbox()
