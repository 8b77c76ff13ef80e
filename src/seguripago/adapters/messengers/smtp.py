"""Mail by SMTP to the server of EMAIL_URL: `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://user:password@host:port`."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from seguripago.ports.messengers import Letter, NotCarried

TIMEOUT_S: Final = 20
PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class Smtp:
    """Hands letters to the mail server, one connection each; 5xx answers are permanent, the rest passes."""

    slug = "smtp"
    title = "SMTP"

    def carry(self, letter: Letter) -> None:
        """Send one letter."""
        url = settings.SEGURIPAGO.email_url
        if not url:
            raise NotCarried("EMAIL_URL is not set", is_permanent=False)
        try:
            _send(url, _message(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotCarried(f"recipient refused {codes}", is_permanent=all(code >= 500 for code in codes)) from refused
        except smtplib.SMTPResponseException as answer:
            # A server that refuses our password will take the same letter once the password is right.
            lasting = answer.smtp_code >= 500 and not isinstance(answer, smtplib.SMTPAuthenticationError)
            raise NotCarried(f"{answer.smtp_code} from the mail server", is_permanent=lasting) from answer
        except (smtplib.SMTPException, OSError) as fault:
            raise NotCarried(repr(fault), is_permanent=False) from fault


def _send(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS.get(parts.scheme, 25)
    secure = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=secure)
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    ) as server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = letter.message_id
    message["Date"] = formatdate(usegmt=True)
    message["From"] = letter.sender
    message["To"] = letter.to
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for attachment in letter.attachments:
        kind, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(attachment.body, maintype=kind, subtype=subtype, filename=attachment.filename)
    return message


ADAPTER = Smtp()
