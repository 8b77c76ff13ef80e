from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

VIEWS = (
    "inv_claim_open_clock_runs",
    "inv_claim_missing",
    "inv_claim_end_differs",
    "inv_claim_of_another",
    "inv_claim_line_of_another",
    "inv_claim_decision_not_granted",
    "inv_claim_offer_not_granted",
    "inv_claim_timeline_differs",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("claims", "0001_initial"),
        ("guarantee", "0005_claims_and_steps"),
        ("approvals", "0002_truths"),
        ("facts", "0002_append_only"),
    ]
    operations: ClassVar = [
        run_file(
            __file__,
            "kept.sql",
            reverse="DROP TRIGGER claim_is_kept ON claim; DROP FUNCTION claim_keeps_its_word();"
            "DROP TRIGGER claim_decision_is_append_only ON claim_decision;"
            "DROP TRIGGER claim_event_is_append_only ON claim_event;",
        ),
        run_file(__file__, "invariants.sql", reverse="".join(f"DROP VIEW {name};" for name in VIEWS)),
    ]
