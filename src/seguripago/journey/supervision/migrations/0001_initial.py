"""The whispers come from the room `assistance`: the table stays where it is, with every row, and changes its owner."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("assistance", "0011_supervision_leaves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Whisper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField(null=True)),
                        (
                            "conversation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="assistance.conversation",
                            ),
                        ),
                        (
                            "from_user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "to_user",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "assistance_whisper",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("seen_at__isnull", True)),
                                fields=["to_user"],
                                name="assistance_unseen_whispers",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("conversation", "seq"), name="assistance_whisper_once"),
                            models.CheckConstraint(
                                condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                                name="assistance_whisper_is_to_another",
                            ),
                        ],
                    },
                )
            ]
        )
    ]
