from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("approvals", "0001_initial"), ("facts", "0002_append_only")]
    operations: ClassVar = [
        run_file(
            __file__,
            "truths.sql",
            reverse="DROP VIEW inv_proposal_granted_alone; DROP VIEW inv_policy_without_approval;"
            "DROP TRIGGER store_policy_is_append_only ON store_policy;"
            "DROP TRIGGER proposal_is_kept ON approval_proposal; DROP FUNCTION proposal_is_kept();",
        )
    ]
