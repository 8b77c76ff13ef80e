"""The verbs of mails: write what facts deserve, send what is due."""

from .send import send_due_mails
from .write import write_mails

__all__ = ["send_due_mails", "write_mails"]
