from typing import ClassVar

from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0006_case_truths")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ShiftNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=600)),
                ("author_id", models.BigIntegerField()),
                ("author", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "shift_note",
                "indexes": [models.Index(fields=["store_id", "-id"], name="shift_note_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="shift_note_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=400)),
                ("author", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "saved_search",
                "constraints": [
                    models.UniqueConstraint(fields=("store_id", "name"), name="saved_search_once_per_name"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="saved_search_has_a_name"
                    ),
                ],
            },
        ),
        run_file(
            __file__,
            "shift_notes.sql",
            reverse="DROP INDEX case_by_kind; DROP TRIGGER shift_note_is_append_only ON shift_note;",
        ),
    ]
