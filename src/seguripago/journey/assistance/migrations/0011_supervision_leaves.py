"""Whispers belong to the room `supervision` now, and what it reads of conversations is offered as views."""

from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assistance", "0010_forgetting"), ("orders", "0005_lighter_indexes")]
    operations: ClassVar = [
        # The table stays, with its rows: supervision.0001 takes it over.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Whisper")]),
        run_file(__file__, "offered.sql", reverse="DROP VIEW assistance_talk; DROP VIEW assistance_hand_over;"),
    ]
