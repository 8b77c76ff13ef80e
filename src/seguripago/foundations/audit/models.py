from django.db import models


class AuditEntry(models.Model):
    """One change of state: who, what, to what, and what was said. Never updated, never deleted."""

    store_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    said = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["store_id", "subject"], name="audit_by_subject")]


class UnsealedEntry(models.Model):
    """An entry that committed and waits for its place in the chain.

    Its foreign key is not checked by the database: the statement that writes the row has just written the entry, and
    entries are never deleted.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, db_constraint=False)

    class Meta:
        db_table = "audit_unsealed"


class AuditSeal(models.Model):
    """A link of the chain: the hash of the entry and of the link before."""

    seq = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, db_constraint=False)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_seal"
