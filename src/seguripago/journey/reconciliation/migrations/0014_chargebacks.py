"""What a cardholder's bank takes back is a case of its own kind."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    "excess",
    "late",
    "part_expired",
    "duplicate",
    "unknown",
    "wrong_account",
    "contradiction",
    "reversed",
    "unreadable",
    "chargeback",
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0013_card_money_on_transfers")]
    operations: ClassVar = [
        migrations.RemoveConstraint("case", "case_kind_known"),
        migrations.AddConstraint("case", models.CheckConstraint(condition=Q(kind__in=KINDS), name="case_kind_known")),
    ]
