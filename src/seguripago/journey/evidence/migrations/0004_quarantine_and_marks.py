"""Files wait for the scanner, readings are as sure as they say, and every mark has whoever showed it first."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file

KINDS = [(kind, kind) for kind in ("jpeg", "png", "webp", "pdf", "cep")]
STATES = ["stored", "clean", "rejected", "read"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("evidence", "0003_lighter_indexes"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint("shownseal", "evidence_seal_shown_first_once"),
        migrations.RemoveConstraint("shownseal", "evidence_seal_is_a_digest"),
        migrations.RenameModel("ShownSeal", "ShownMark"),
        migrations.AlterModelTable("ShownMark", "evidence_mark"),
        migrations.AddField(
            "ShownMark",
            "kind",
            models.CharField(
                max_length=8, choices=[(kind, kind) for kind in ("seal", "file", "movement")], default="seal"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "ShownMark",
            models.UniqueConstraint(fields=["kind", "digest"], name="evidence_mark_shown_first_once"),
        ),
        migrations.AddConstraint(
            "ShownMark",
            models.CheckConstraint(
                condition=Q(kind__in=["seal", "file", "movement"]), name="evidence_mark_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            "ShownMark",
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="evidence_mark_is_a_digest"),
        ),
        migrations.AddField("Evidence", "confidences", models.JSONField(default=dict)),
        migrations.AddField("Evidence", "looked_at", models.DateTimeField(null=True)),
        migrations.AddField("Evidence", "rejected_for", models.CharField(max_length=8, default="", blank=True)),
        migrations.AlterField(
            "Evidence",
            "state",
            models.CharField(max_length=8, choices=[(state, state) for state in STATES]),
        ),
        migrations.AlterField("Evidence", "sealed_name", models.CharField(max_length=80, default="", blank=True)),
        migrations.AlterField("Evidence", "clean_name", models.CharField(max_length=80, default="", blank=True)),
        migrations.AlterField(
            "Evidence", "clean_kind", models.CharField(max_length=8, choices=KINDS, default="", blank=True)
        ),
        migrations.AlterField("Evidence", "clean_sha256", models.CharField(max_length=64, default="", blank=True)),
        migrations.AlterField("Evidence", "scanner", models.CharField(max_length=20, default="", blank=True)),
        run_file(__file__, "first_files.sql", reverse="DELETE FROM evidence_mark WHERE kind <> 'seal';"),
        migrations.AddConstraint(
            "Evidence",
            models.CheckConstraint(condition=Q(state__in=STATES), name="evidence_state_is_known"),
        ),
        migrations.AddConstraint(
            "Evidence",
            models.CheckConstraint(
                condition=Q(state__in=["clean", "read"]) & ~Q(clean_name="") & ~Q(clean_kind="") & ~Q(scanner="")
                | Q(state__in=["stored", "rejected"], clean_name="", clean_kind="", clean_sha256=""),
                name="evidence_copy_of_clean_only",
            ),
        ),
        migrations.AddConstraint(
            "Evidence",
            models.CheckConstraint(
                condition=Q(state="rejected", sealed_name="") | ~Q(state="rejected") & ~Q(sealed_name=""),
                name="evidence_original_unless_rejected",
            ),
        ),
        migrations.AddConstraint(
            "Evidence",
            models.CheckConstraint(
                condition=Q(state="rejected") & ~Q(rejected_for="") | ~Q(state="rejected") & Q(rejected_for=""),
                name="evidence_rejection_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            "Evidence",
            models.CheckConstraint(
                condition=Q(state="read") | Q(fields={}, confidences={}, seal="none", seal_digest=""),
                name="evidence_fields_of_read_only",
            ),
        ),
        migrations.AddIndex(
            "Evidence", models.Index(fields=["id"], name="evidence_to_scan", condition=Q(state="stored"))
        ),
        migrations.AddIndex(
            "Evidence", models.Index(fields=["id"], name="evidence_to_read", condition=Q(state="clean"))
        ),
    ]
