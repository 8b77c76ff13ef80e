"""What a supervisor sees: who answered first, when an order was identified, whispers, and the reports' indexes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What older conversations did is in their entries: the first person who answered, and when the order was verified.
BACKFILL = """
    UPDATE assistance_conversation c SET first_answer_by_id = first.author_id
    FROM (SELECT DISTINCT ON (conversation_id) conversation_id, author_id FROM assistance_entry
          WHERE author_kind = 'analyst' AND visibility = 'all' ORDER BY conversation_id, seq) first
    WHERE first.conversation_id = c.id AND c.first_answer_at IS NOT NULL AND first.author_id > 0;
    UPDATE assistance_conversation c SET identified_at = verified.at
    FROM (SELECT conversation_id, max(at) AS at FROM assistance_entry
          WHERE kind = 'card' AND body->>'card' = 'order_verified' GROUP BY conversation_id) verified
    WHERE verified.conversation_id = c.id AND c.order_id IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0004_desk"),
        ("orders", "0005_lighter_indexes"),
        ("staffing", "0001_initial"),
        ("stores", "0005_lighter_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Whisper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="conversation",
            name="first_answer_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="identified_at",
            field=models.DateTimeField(help_text="When number and second proof of its order agreed.", null=True),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["store", "started_at"], name="assistance_started"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("identified_at__isnull", False)),
                fields=["store", "identified_at"],
                name="assistance_identified",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("resolved_at__isnull", False)),
                fields=["store", "resolved_at"],
                name="assistance_resolved",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("rating__gt", 0)), fields=["store", "rated_at"], name="assistance_rated"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("author_kind", "assistant"), ("body__say__startswith", "handed_over_")),
                fields=["conversation"],
                name="assistance_handed_over",
            ),
        ),
        migrations.AddField(
            model_name="whisper",
            name="conversation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assistance.conversation",
            ),
        ),
        migrations.AddField(
            model_name="whisper",
            name="from_user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="whisper",
            name="to_user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="whisper",
            index=models.Index(
                condition=models.Q(("seen_at__isnull", True)), fields=["to_user"], name="assistance_unseen_whispers"
            ),
        ),
        migrations.AddConstraint(
            model_name="whisper",
            constraint=models.UniqueConstraint(fields=("conversation", "seq"), name="assistance_whisper_once"),
        ),
        migrations.AddConstraint(
            model_name="whisper",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_user", models.F("to_user")), _negated=True),
                name="assistance_whisper_is_to_another",
            ),
        ),
    ]
