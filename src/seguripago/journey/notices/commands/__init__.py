"""The verbs of mails and calls: write what facts deserve, send what is due, give a parked one another chance."""

from .again import LinkNotMailed, mail_link_again
from .chat import write_to_who_left, write_transcripts
from .claim_door import ask_way_to_claim, mail_way_to_claim
from .forget import forget_mails
from .papers import ask_after_papers, note_papers_read, write_paper_doubt
from .push import forget_browsers, note_calls, send_due_pushes, subscribe, unsubscribe
from .retry import retry_mail
from .send import send_due_mails
from .tell import tell_stores
from .write import write_mails

__all__ = [
    "LinkNotMailed",
    "ask_after_papers",
    "ask_way_to_claim",
    "forget_browsers",
    "forget_mails",
    "mail_link_again",
    "mail_way_to_claim",
    "note_calls",
    "note_papers_read",
    "retry_mail",
    "send_due_mails",
    "send_due_pushes",
    "subscribe",
    "tell_stores",
    "unsubscribe",
    "write_mails",
    "write_paper_doubt",
    "write_to_who_left",
    "write_transcripts",
]
