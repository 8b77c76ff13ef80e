"""Tables of the chat."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Conversation(models.Model):
    """One talk with one buyer. `seq` counts its entries and is only raised under this row's lock."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    token_hash = models.CharField(max_length=64)
    code = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="waiting")
    led_by = models.CharField(max_length=10, default="analyst")
    seq = models.BigIntegerField(default=0)
    buyer_name = models.CharField(max_length=120)
    buyer_email = models.CharField(max_length=254, blank=True)
    buyer_phone = models.CharField(max_length=20, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    question = models.CharField(max_length=4000, blank=True)
    medium = models.CharField(max_length=10, default="spei")
    order = models.ForeignKey("orders.Order", null=True, on_delete=models.PROTECT, related_name="+")
    order_number = models.CharField(max_length=12, blank=True)
    own_order_ids = models.JSONField(default=list)
    analyst = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    analyst_name = models.CharField(max_length=120, blank=True)
    analyst_number = models.CharField(max_length=20, blank=True)
    correcting = models.BooleanField(default=False)
    handed_over = models.CharField(max_length=20, blank=True)
    last_line = models.CharField(max_length=160, blank=True)
    team = models.ForeignKey("staffing.Team", null=True, on_delete=models.PROTECT, related_name="+")
    is_opened_by_staff = models.BooleanField(default=False)
    privacy_version = models.CharField(max_length=20, blank=True)
    caller = models.CharField(max_length=32, blank=True, help_text="An alias of the day of whoever wrote last.")
    buyer_seen_seq = models.BigIntegerField(default=0, help_text="The newest entry that the buyer's screen showed.")
    staff_seen_seq = models.BigIntegerField(default=0, help_text="The newest entry that its analyst's screen showed.")
    mailed_seq = models.BigIntegerField(default=0, help_text="The newest entry that a mail told a buyer who had left.")
    is_message = models.BooleanField(default=False, help_text="Left while nobody was there: answered by mail, later.")
    wants_transcript = models.BooleanField(default=False, help_text="Mail it when the conversation is closed.")
    transcript_seq = models.BigIntegerField(default=0, help_text="How far the newest transcript by mail goes.")
    rating = models.PositiveSmallIntegerField(default=0, help_text="One to five; 0: not rated.")
    rating_says = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    last_buyer_at = models.DateTimeField()
    last_staff_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    owed_since = models.DateTimeField(
        null=True, help_text="The buyer's oldest words that nobody of the store answered."
    )
    first_answer_at = models.DateTimeField(null=True)
    first_answer_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    identified_at = models.DateTimeField(null=True, help_text="When number and second proof of its order agreed.")
    resolved_at = models.DateTimeField(null=True)
    buyer_seen_at = models.DateTimeField(null=True)
    rated_at = models.DateTimeField(null=True)
    unseen_since = models.DateTimeField(
        null=True, help_text="Since when staff or assistant said something that no screen of the buyer showed."
    )
    mailed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(
        null=True, help_text="When its texts and personal data were blanked, their time being over."
    )
    transcript_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="assistance_token_once"),
            models.UniqueConstraint(fields=["store", "code"], name="assistance_code_once_per_store"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "assigned", "resolved")), name="assistance_conversation_state"
            ),
            models.CheckConstraint(condition=Q(led_by__in=("assistant", "analyst")), name="assistance_led_by"),
            models.CheckConstraint(condition=Q(medium__in=("spei", "link", "card")), name="assistance_medium"),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(analyst__isnull=False), name="assistance_assigned_has_analyst"
            ),
            models.CheckConstraint(condition=Q(seq__gte=0), name="assistance_seq_not_negative"),
            models.CheckConstraint(condition=Q(rating__lte=5), name="assistance_rating_of_five"),
            models.CheckConstraint(
                condition=Q(buyer_seen_seq__lte=F("seq"), mailed_seq__lte=F("seq")), name="assistance_seen_was_said"
            ),
            models.CheckConstraint(
                condition=Q(staff_seen_seq__lte=F("seq"), transcript_seq__lte=F("seq")),
                name="assistance_read_was_said",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["store", "last_buyer_at"],
                name="assistance_to_forget",
                condition=Q(forgotten_at__isnull=True),
            ),
            models.Index(fields=["store", "state", "waiting_since"], name="assistance_queue"),
            models.Index(fields=["order"], name="assistance_of_order", condition=Q(order__isnull=False)),
            models.Index(
                fields=["claimed_at"],
                name="assistance_claims",
                condition=Q(state="assigned", owed_since__isnull=False),
            ),
            # What the reports read of long histories: half-open stretches of a store's time.
            models.Index(fields=["store", "started_at"], name="assistance_started"),
            models.Index(
                fields=["store", "identified_at"],
                name="assistance_identified",
                condition=Q(identified_at__isnull=False),
            ),
            models.Index(
                fields=["store", "resolved_at"], name="assistance_resolved", condition=Q(resolved_at__isnull=False)
            ),
            models.Index(fields=["store", "rated_at"], name="assistance_rated", condition=Q(rating__gt=0)),
            models.Index(
                fields=["last_buyer_at"],
                name="assistance_unanswered",
                condition=~Q(state="resolved")
                & (Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("last_buyer_at"))),
            ),
            models.Index(fields=["unseen_since"], name="assistance_unseen", condition=Q(unseen_since__isnull=False)),
        ]


class Entry(models.Model):
    """Something said or shown. Rows are only added: a card answered later is closed by a newer entry."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    author_kind = models.CharField(max_length=10)
    author_id = models.BigIntegerField(default=0)
    author_name = models.CharField(max_length=120)
    client_id = models.UUIDField()
    visibility = models.CharField(max_length=4, default="all")
    closes = models.BigIntegerField(default=0)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="assistance_entry_seq_once"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="assistance_entry_client_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("text", "card", "note", "join", "status")), name="assistance_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(author_kind__in=("buyer", "analyst", "assistant", "system")), name="assistance_entry_author"
            ),
            models.CheckConstraint(condition=Q(visibility__in=("all", "desk")), name="assistance_entry_visibility"),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(visibility="desk"), name="assistance_notes_are_private"
            ),
            models.CheckConstraint(
                condition=~Q(kind="card") | Q(author_kind__in=("assistant", "system")),
                name="assistance_cards_by_server",
            ),
            models.CheckConstraint(
                condition=~Q(author_kind="buyer") | Q(kind="text"), name="assistance_buyers_only_speak"
            ),
            models.CheckConstraint(
                condition=~Q(author_kind="analyst") | Q(kind__in=("text", "note", "join")),
                name="assistance_analysts_make_no_status",
            ),
            models.CheckConstraint(condition=Q(seq__gt=0), name="assistance_entry_seq_positive"),
            models.CheckConstraint(condition=Q(closes__lt=F("seq")), name="assistance_closes_older"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation", "closes"], name="assistance_closings", condition=Q(closes__gt=0)),
            models.Index(
                fields=["conversation"],
                name="assistance_handed_over",
                condition=Q(author_kind="assistant", body__say__startswith="handed_over_"),
            ),
            models.Index(
                fields=["at"], name="assistance_given_back", condition=Q(kind="status", body__status="given_back")
            ),
        ]


class Consent(models.Model):
    """What a visitor chose about cookies, with the exact text that was shown."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    visitor = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    choice = models.CharField(max_length=10)
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(choice__in=("necessary", "all")), name="assistance_consent_choice"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["store", "visitor", "-at"], name="assistance_consent_visitor"),
        ]


class Attendance(models.Model):
    """Somebody attended this conversation: who attended may go on reading it."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "user"], name="assistance_attendance_once"),
        ]


class CannedReply(models.Model):
    """A saved reply of a store, with variables such as {nombre}, {pedido} and {monto}."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+", db_index=False)
    command = models.CharField(max_length=20)
    title = models.CharField(max_length=60)
    text = models.CharField(max_length=2000)
    place = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["store", "command"], name="assistance_canned_once"),
            models.CheckConstraint(condition=Q(command__regex=r"^[a-z0-9]{1,20}$"), name="assistance_canned_command"),
        ]


class Attachment(models.Model):
    """A file that staff or buyer put into the conversation and that is no comprobante; only its clean copy is kept."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    by_kind = models.CharField(max_length=10)
    filename = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="Bytes of the clean copy.")
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200, help_text="Where the file store keeps it.")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(by_kind__in=("buyer", "analyst")), name="assistance_attachment_by"),
        ]


class Reveal(models.Model):
    """Somebody looked at a masked personal datum, and why. Limits count these rows; the audit holds them for ever."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="assistance_reveal_has_reason"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "at"], name="assistance_reveals"),
        ]


class WayBack(models.Model):
    """A link in a mail that opens the conversation in another browser, once; then `browser_hash` is that browser's."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token_hash"], name="assistance_way_back_once"),
            models.UniqueConstraint(
                fields=["browser_hash"], name="assistance_browser_once", condition=~Q(browser_hash="")
            ),
            models.CheckConstraint(
                condition=Q(browser_hash="", used_at__isnull=True) | (~Q(browser_hash="") & Q(used_at__isnull=False)),
                name="assistance_way_back_used_has_browser",
            ),
        ]


class ProofAttempt(models.Model):
    """A try at naming an order that failed; after five only a person can look."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["conversation"], name="assistance_attempts"),
        ]


class Reminder(models.Model):
    """A buyer was reminded of an unpaid order: once at half of the term (`half`), once before its end (`last`)."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=4)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "step"], name="assistance_reminder_once"),
            models.CheckConstraint(condition=Q(step__in=("half", "last")), name="assistance_reminder_step"),
        ]
