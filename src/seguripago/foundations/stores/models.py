from django.db import models
from django.db.models import Q

from .rules import DAYS


class Store(models.Model):
    """A merchant: the tenant of every row."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    legal_name = models.CharField(max_length=39, help_text="As the bank shows it: ASCII, at most 39 characters.")
    rfc = models.CharField(max_length=13)
    tax_regime = models.CharField(max_length=3)
    email = models.EmailField()
    phone = models.CharField(max_length=20)
    street_address = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5)
    claims_email = models.EmailField()
    hook_key = models.CharField(max_length=64, unique=True)
    accepts_unsigned_notices = models.BooleanField(default=False)
    transfer_hours = models.PositiveSmallIntegerField(default=24)
    watch_days = models.PositiveSmallIntegerField(default=15)
    chat_months = models.PositiveSmallIntegerField(
        default=24, db_default=24, help_text="How long conversations are kept before they are forgotten."
    )
    ship_days = models.PositiveSmallIntegerField(default=3)
    deliver_days = models.PositiveSmallIntegerField(default=10)
    inspection_days = models.PositiveSmallIntegerField(default=7)
    remind_days = models.PositiveSmallIntegerField(default=1, db_default=1, help_text="Days before a deadline.")
    answer_days = models.PositiveSmallIntegerField(default=2, db_default=2, help_text="To answer a claim.")
    accept_days = models.PositiveSmallIntegerField(default=3, db_default=3, help_text="For the buyer to decide.")
    send_back_days = models.PositiveSmallIntegerField(default=10, db_default=10, help_text="For goods to come back.")
    replace_days = models.PositiveSmallIntegerField(default=10, db_default=10, help_text="For a replacement to come.")
    decide_days = models.PositiveSmallIntegerField(default=3, db_default=3, help_text="For a supervisor to decide.")
    appeal_days = models.PositiveSmallIntegerField(default=3, db_default=3, help_text="To ask for a second decision.")
    refund_days = models.PositiveSmallIntegerField(default=2, db_default=2, help_text="To decide about a refund.")
    refund_account_days = models.PositiveSmallIntegerField(default=7, db_default=7, help_text="To give an account.")
    refund_bank_days = models.PositiveSmallIntegerField(default=3, db_default=3, help_text="For bank or gateway.")
    cutoff_hour = models.PositiveSmallIntegerField(
        default=14, db_default=14, help_text="What is ordered from this hour on counts from the next working day."
    )
    near_days = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Added within the store's state.")
    national_days = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Added to another state.")
    remote_days = models.PositiveSmallIntegerField(default=2, db_default=2, help_text="Added to a far state.")
    arrival_days = models.PositiveSmallIntegerField(
        default=5,
        db_default=5,
        help_text="Working days after the buyer was asked until a parcel that nobody misses counts as arrived.",
    )
    shipping_centavos = models.BigIntegerField(default=14500)
    free_shipping_from_centavos = models.BigIntegerField(default=0, help_text="0: shipping is never free.")
    guarantee_mode = models.CharField(max_length=24, default="merchant_obligation")
    guarantee_partner = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="The authorised institution that carries the payment, when the mode says that there is one.",
    )
    is_demo = models.BooleanField(default=False)
    assistant_is_on = models.BooleanField(default=True, help_text="Off: its frame is nowhere, as if it never was.")
    signing_key = models.BinaryField(help_text="Ed25519 private key, encrypted with the main key.")
    public_key = models.CharField(max_length=64, help_text="Ed25519 public key, 32 bytes in base64.")

    class Meta:
        db_table = "store"
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": least, f"{name}__lte": most}), name=f"store_{name}_possible"
                )
                for name, (least, most) in DAYS.items()
            ),
            models.CheckConstraint(
                condition=Q(chat_months__gte=1, chat_months__lte=120), name="store_chat_months_possible"
            ),
            models.CheckConstraint(condition=Q(shipping_centavos__gte=0), name="store_shipping_not_negative"),
            models.CheckConstraint(condition=Q(legal_name__regex=r"^[ -~]{1,39}$"), name="store_legal_name_ascii"),
            models.CheckConstraint(
                condition=Q(guarantee_mode__in=["merchant_obligation", "licensed_partner"]),
                name="store_guarantee_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(guarantee_mode="merchant_obligation", guarantee_partner="")
                | (Q(guarantee_mode="licensed_partner") & ~Q(guarantee_partner="")),
                name="store_guarantee_partner_is_named",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class StoreSite(models.Model):
    """A site on which the store embeds its assistant: scheme, host and port, exactly as a browser writes an origin."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="sites", db_index=False)
    origin = models.CharField(max_length=160)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "store_site"
        constraints = [
            models.UniqueConstraint(fields=["store", "origin"], name="store_site_once"),
            models.CheckConstraint(
                condition=Q(origin__regex=r"^(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?$"),
                name="store_site_is_an_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.origin


class StoreFeed(models.Model):
    """What a store shares with one provider of bank notices: hook secrets, credentials, addresses that may call."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="feeds", db_index=False)
    feed = models.CharField(max_length=20)
    sealed = models.BinaryField(help_text="Secrets and credentials as JSON, encrypted with the main key.")
    allowed_addresses = models.JSONField(default=list)
    has_secret = models.BooleanField(default=False)
    given = models.JSONField(default=list, help_text="Names of the credentials that are set.")
    previous_until = models.DateTimeField(null=True, help_text="When the secret before this one stops opening.")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "store_feed"
        constraints = [models.UniqueConstraint(fields=["store", "feed"], name="store_feed_once")]

    def __str__(self) -> str:
        return self.feed


class AccountPrefix(models.Model):
    """The digits under which a bank lets the store make CLABEs, and the next one."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="prefixes")
    institution = models.CharField(max_length=5, default="90646")
    bank_label = models.CharField(max_length=40, default="STP")
    prefix = models.CharField(max_length=13, unique=True)
    next_number = models.BigIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "account_prefix"
        constraints = [
            models.CheckConstraint(condition=Q(prefix__regex=r"^\d{10,13}$"), name="account_prefix_digits"),
            models.CheckConstraint(condition=Q(next_number__gte=0), name="account_prefix_next_not_negative"),
        ]

    def __str__(self) -> str:
        return self.prefix


class PrefixDay(models.Model):
    """How far a prefix was used at the end of a day: from these, how long it will last."""

    prefix = models.ForeignKey(AccountPrefix, models.PROTECT, related_name="days", db_index=False)
    day = models.DateField()
    next_number = models.BigIntegerField()

    class Meta:
        db_table = "account_prefix_day"
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="prefix_day_once")]


class AccountsWarning(models.Model):
    """What a store was last told about its accounts running out, so that it is told once at each level."""

    store = models.OneToOneField(Store, models.PROTECT, primary_key=True, related_name="+")
    level = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        db_table = "accounts_warning"
        constraints = [
            models.CheckConstraint(condition=Q(level__in=["ok", "low", "urgent", "empty"]), name="accounts_level_known")
        ]
