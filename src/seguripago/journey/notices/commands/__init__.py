"""The verbs of mails: write what facts deserve, send what is due, give a parked one another chance."""

from .retry import retry_mail
from .send import send_due_mails
from .tell import tell_stores
from .write import write_mails

__all__ = ["retry_mail", "send_due_mails", "tell_stores", "write_mails"]
