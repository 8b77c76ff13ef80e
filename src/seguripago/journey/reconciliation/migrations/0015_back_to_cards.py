"""Money of a card goes back from its case to the card: parts of cases that name the refund."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file

KINDS = ["payment", "moved", "difference", "return", "write_off", "not_ours", "card", "card_back"]
TO_A_PAYMENT, CARD = KINDS[:3], KINDS[6:]
BEFORE = """
    DROP VIEW inv_card_apart_differs, inv_case_card_part_of_another;
    CREATE OR REPLACE FUNCTION case_left(asked bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN c.kind = 'reversed' THEN 0 ELSE
            coalesce((SELECT sum(a.centavos) FROM allocation a WHERE a.case_id = c.id), 0)
            + CASE WHEN c.cause LIKE 'charge:%' THEN c.amount_centavos ELSE 0 END
            - coalesce((
                SELECT sum(p.centavos) FROM case_part p LEFT JOIN return_instruction r ON r.id = p.instruction_id
                WHERE p.case_id = c.id AND p.kind IN ('payment', 'return', 'write_off', 'not_ours')
                  AND coalesce(r.state, '') <> 'failed'
            ), 0)
            END::bigint
        FROM reconciliation_case c WHERE c.id = asked
    $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0014_chargebacks"), ("cards", "0007_apart")]
    operations: ClassVar = [
        migrations.AddField(
            "casepart",
            "card_refund",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.cardrefund"
            ),
        ),
        migrations.AlterField(
            "casepart",
            "proposal",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.proposal"
            ),
        ),
        migrations.RemoveConstraint("casepart", "case_part_kind_known"),
        migrations.RemoveConstraint("casepart", "case_part_goes_somewhere"),
        migrations.AddConstraint(
            "casepart", models.CheckConstraint(condition=Q(kind__in=KINDS), name="case_part_kind_known")
        ),
        migrations.AddConstraint(
            "casepart",
            models.CheckConstraint(
                condition=Q(
                    kind__in=TO_A_PAYMENT, payment__isnull=False, instruction__isnull=True, card_refund__isnull=True
                )
                | Q(kind="return", payment__isnull=True, instruction__isnull=False, card_refund__isnull=True)
                | Q(
                    kind__in=["write_off", "not_ours"],
                    payment__isnull=True,
                    instruction__isnull=True,
                    card_refund__isnull=True,
                )
                | Q(kind__in=CARD, payment__isnull=True, instruction__isnull=True, card_refund__isnull=False),
                name="case_part_goes_somewhere",
            ),
        ),
        migrations.AddConstraint(
            "casepart",
            models.CheckConstraint(
                condition=Q(proposal__isnull=False) | Q(kind__in=CARD), name="case_part_was_decided"
            ),
        ),
        run_file(__file__, "back_to_cards.sql", reverse=BEFORE),
    ]
