import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("orders", "0002_invariants"),
        ("stores", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=8)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("led_by", models.CharField(default="analyst", max_length=10)),
                ("seq", models.BigIntegerField(default=0)),
                ("buyer_name", models.CharField(max_length=120)),
                ("buyer_email", models.CharField(blank=True, max_length=254)),
                ("buyer_phone", models.CharField(blank=True, max_length=20)),
                ("topic", models.CharField(blank=True, max_length=40)),
                ("question", models.CharField(blank=True, max_length=4000)),
                ("medium", models.CharField(default="spei", max_length=10)),
                ("order_number", models.CharField(blank=True, max_length=12)),
                ("own_order_ids", models.JSONField(default=list)),
                ("analyst_name", models.CharField(blank=True, max_length=120)),
                ("analyst_number", models.CharField(blank=True, max_length=20)),
                ("correcting", models.BooleanField(default=False)),
                ("handed_over", models.CharField(blank=True, max_length=20)),
                ("last_line", models.CharField(blank=True, max_length=160)),
                ("started_at", models.DateTimeField()),
                ("waiting_since", models.DateTimeField()),
                ("last_buyer_at", models.DateTimeField()),
                ("last_staff_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("first_answer_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "analyst",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("author_kind", models.CharField(max_length=10)),
                ("author_id", models.BigIntegerField(default=0)),
                ("author_name", models.CharField(max_length=120)),
                ("client_id", models.UUIDField()),
                ("visibility", models.CharField(default="all", max_length=4)),
                ("closes", models.BigIntegerField(default=0)),
                ("body", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="assistance.conversation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=10)),
                ("seen_at", models.DateTimeField()),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProofAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assistance.conversation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor", models.CharField(max_length=64)),
                ("version", models.CharField(max_length=20)),
                ("choice", models.CharField(max_length=10)),
                ("text_hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["store", "visitor", "-at"], name="assistance_consent_visitor")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("choice__in", ("necessary", "all"))), name="assistance_consent_choice"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["store", "state", "waiting_since"], name="assistance_queue"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("order__isnull", False)), fields=["order"], name="assistance_of_order"
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(
                    models.Q(("state", "resolved"), _negated=True),
                    models.Q(
                        ("last_staff_at__isnull", True),
                        ("last_staff_at__lt", models.F("last_buyer_at")),
                        _connector="OR",
                    ),
                ),
                fields=["last_buyer_at"],
                name="assistance_unanswered",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("token_hash",), name="assistance_token_once"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("store", "code"), name="assistance_code_once_per_store"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "assigned", "resolved"))),
                name="assistance_conversation_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(("led_by__in", ("assistant", "analyst"))), name="assistance_led_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(("medium__in", ("spei", "link", "card"))), name="assistance_medium"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "assigned"), _negated=True), ("analyst__isnull", False), _connector="OR"
                ),
                name="assistance_assigned_has_analyst",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gte", 0)), name="assistance_seq_not_negative"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("closes__gt", 0)), fields=["conversation", "closes"], name="assistance_closings"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("conversation", "seq"), name="assistance_entry_seq_once"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("conversation", "client_id"), name="assistance_entry_client_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("text", "card", "note", "join", "status"))),
                name="assistance_entry_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("author_kind__in", ("buyer", "analyst", "assistant", "system"))),
                name="assistance_entry_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("visibility__in", ("all", "desk"))), name="assistance_entry_visibility"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", "note"), _negated=True), ("visibility", "desk"), _connector="OR"),
                name="assistance_notes_are_private",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "card"), _negated=True),
                    ("author_kind__in", ("assistant", "system")),
                    _connector="OR",
                ),
                name="assistance_cards_by_server",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("seq__gt", 0)), name="assistance_entry_seq_positive"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__lt", models.F("seq"))), name="assistance_closes_older"
            ),
        ),
        migrations.AddIndex(
            model_name="presence",
            index=models.Index(fields=["store", "seen_at"], name="assistance_presence_seen"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("user", "store"), name="assistance_presence_once"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("available", "busy", "away"))), name="assistance_presence_state"
            ),
        ),
        migrations.AddIndex(
            model_name="proofattempt",
            index=models.Index(fields=["conversation"], name="assistance_attempts"),
        ),
    ]
