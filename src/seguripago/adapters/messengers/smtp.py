"""Mail by SMTP, with Django's mail settings (EMAIL_URL)."""

import smtplib

from django.core.mail import EmailMultiAlternatives

from seguripago.ports.messengers import Letter, NotCarried


class Smtp:
    """Hands letters to the mail server of the settings; 5xx answers are permanent, all else may pass."""

    slug = "smtp"
    title = "SMTP"

    def carry(self, letter: Letter) -> None:
        """Send one letter over a connection of its own."""
        message = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            from_email=letter.sender,
            to=[letter.to],
            reply_to=[letter.reply_to] if letter.reply_to else [],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(letter.html, "text/html")
        for attachment in letter.attachments:
            message.attach(attachment.filename, attachment.body, attachment.media_type)
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotCarried(f"recipient refused {codes}", is_permanent=all(code >= 500 for code in codes)) from refused
        except smtplib.SMTPResponseException as answer:
            # A server that refuses our password will take the same letter once the password is right.
            lasting = answer.smtp_code >= 500 and not isinstance(answer, smtplib.SMTPAuthenticationError)
            raise NotCarried(f"{answer.smtp_code} from the mail server", is_permanent=lasting) from answer
        except (smtplib.SMTPException, OSError) as fault:
            raise NotCarried(repr(fault), is_permanent=False) from fault


ADAPTER = Smtp()
