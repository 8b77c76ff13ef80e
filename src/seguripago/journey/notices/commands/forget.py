"""A buyer's right to be erased: the mails that were written to him."""

from __future__ import annotations

from collections.abc import Collection

from ..models import Mail
from ..rules import OVER


def forget_mails(mail_ids: Collection[int]) -> int:
    """Blank mails that were sent or given up; that one went out, which kind and when, stays. Returns how many.

    What is still to be sent stays as it is.
    """
    rows = Mail.objects.filter(pk__in=list(mail_ids), state__in=OVER).exclude(to="")
    return rows.update(to="", subject="", text="", html="", attachments=[], error="")
