"""The SMTP messenger against a mail server on this machine."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from typing import Any

import pytest

from seguripago.ports.messengers import Attachment, Letter, NotCarried, messenger


class Server(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; `answer` is what it says to RCPT."""

    allow_reuse_address = True
    daemon_threads = True
    answer = "250 ok"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails: list[Message] = []


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.say("220 prueba")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.mails.append(email.message_from_bytes(body))
                self.say("250 kept")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say(self.server.answer if verb == "RCPT" else "250 ok")
        return None

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        settings.SEGURIPAGO = replace(settings.SEGURIPAGO, email_url=url)
        yield server
        server.shutdown()


LETTER = Letter(
    message_id="<abc@seguripago.test>",
    sender="SeguriPago <avisos@seguripago.example>",
    reply_to="hola@sierra-alta.test",
    to="lucia@correo.test",
    subject="Recibimos tu pedido CM-7K3F-92QX",
    text="Hola, Lucía:\n",
    html="<p>Hola, Lucía:</p>",
    attachments=(Attachment(filename="PRE-FACTURA.pdf", media_type="application/pdf", body=b"%PDF-1.7"),),
)


def test_a_letter_arrives_with_text_html_and_attachment(server: Server) -> None:
    messenger("smtp").carry(LETTER)
    [mail] = server.mails
    assert mail["Message-ID"] == "<abc@seguripago.test>"
    assert mail["Reply-To"] == "hola@sierra-alta.test"
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf"]


@pytest.mark.parametrize(("answer", "is_permanent"), [("550 no such user", True), ("451 later", False)])
def test_a_refused_recipient_says_whether_to_try_again(server: Server, answer: str, is_permanent: bool) -> None:
    server.answer = answer
    with pytest.raises(NotCarried) as refused:
        messenger("smtp").carry(LETTER)
    assert refused.value.is_permanent is is_permanent


def test_a_server_that_is_away_may_come_back(settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, email_url="smtp://127.0.0.1:9")
    with pytest.raises(NotCarried) as refused:
        messenger("smtp").carry(LETTER)
    assert not refused.value.is_permanent
