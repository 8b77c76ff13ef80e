from django.db import models
from django.db.models import Q


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
    ship_days = models.PositiveSmallIntegerField(default=3)
    deliver_days = models.PositiveSmallIntegerField(default=10)
    inspection_days = models.PositiveSmallIntegerField(default=7)
    shipping_centavos = models.BigIntegerField(default=14500)
    free_shipping_from_centavos = models.BigIntegerField(default=0, help_text="0: shipping is never free.")
    guarantee_mode = models.CharField(max_length=24, default="merchant_obligation")
    is_demo = models.BooleanField(default=False)
    signing_key = models.BinaryField(help_text="Ed25519 private key, encrypted with the main key.")
    public_key = models.CharField(max_length=64, help_text="Ed25519 public key, 32 bytes in base64.")

    class Meta:
        db_table = "store"
        constraints = [
            models.CheckConstraint(condition=Q(shipping_centavos__gte=0), name="store_shipping_not_negative"),
            models.CheckConstraint(condition=Q(legal_name__regex=r"^[ -~]{1,39}$"), name="store_legal_name_ascii"),
            models.CheckConstraint(
                condition=Q(guarantee_mode__in=["merchant_obligation", "licensed_partner"]),
                name="store_guarantee_mode_known",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


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
