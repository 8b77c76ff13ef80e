"""What of a charge no payment could take may go back to its card: how much there is, and what of it goes."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

from seguripago.foundations.sql_files import run_file

REVERSE = """
    DROP VIEW inv_card_apart_returned_too_much, inv_card_apart_not_booked;
    CREATE OR REPLACE FUNCTION card_refund_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before bigint := 0;
        after bigint := 0;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'refunds are never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF ROW (NEW.store_id, NEW.charge_id, NEW.gateway, NEW.key, NEW.amount_centavos, NEW.currency,
                    NEW.proposal_id)
               IS DISTINCT FROM
               ROW (OLD.store_id, OLD.charge_id, OLD.gateway, OLD.key, OLD.amount_centavos, OLD.currency,
                    OLD.proposal_id)
            THEN
                RAISE EXCEPTION 'what a refund is does not change' USING ERRCODE = 'restrict_violation';
            END IF;
            IF OLD.state <> 'failed' THEN
                before := OLD.amount_centavos;
            END IF;
        END IF;
        IF NEW.state <> 'failed' THEN
            after := NEW.amount_centavos;
        END IF;
        IF after <> before THEN
            UPDATE card_charge SET returning_centavos = returning_centavos + after - before WHERE id = NEW.charge_id;
        END IF;
        RETURN NEW;
    END
    $$;
"""
APART_HELP = "What no payment could take, less what its case gave to one or wrote off."
RETURNING_HELP = "Refunds of what is kept apart, pending or done; kept by the same trigger."
ELSEWHERE_HELP = "What a case gave to another payment or wrote off: no card gets it back."


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cards", "0006_forget_notices"), ("ledger", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(
            "cardcharge", "apart_centavos", models.BigIntegerField(default=0, db_default=0, help_text=APART_HELP)
        ),
        migrations.AddField(
            "cardcharge",
            "returning_apart_centavos",
            models.BigIntegerField(default=0, db_default=0, help_text=RETURNING_HELP),
        ),
        migrations.AddField(
            "cardcharge",
            "elsewhere_centavos",
            models.BigIntegerField(default=0, db_default=0, help_text=ELSEWHERE_HELP),
        ),
        migrations.AddField(
            "cardcharge",
            "followed_at",
            models.DateTimeField(null=True, help_text="When the gateway was last asked about what is kept apart."),
        ),
        migrations.AddField(
            "cardrefund",
            "apart_centavos",
            models.BigIntegerField(
                default=0, db_default=0, help_text="How much of it no payment had taken: it was in a case."
            ),
        ),
        run_file(__file__, "apart.sql", reverse=REVERSE),
        migrations.AddConstraint(
            "cardcharge",
            models.CheckConstraint(
                condition=Q(
                    returning_apart_centavos__gte=0,
                    returning_apart_centavos__lte=F("apart_centavos"),
                    elsewhere_centavos__gte=0,
                ),
                name="card_charge_apart_goes_once",
            ),
        ),
        migrations.AddConstraint(
            "cardcharge",
            models.CheckConstraint(
                condition=Q(
                    captured_centavos__gte=F("returning_centavos")
                    - F("returning_apart_centavos")
                    + F("apart_centavos")
                    + F("elsewhere_centavos")
                ),
                name="card_charge_taken_leaves_apart",
            ),
        ),
        migrations.AddConstraint(
            "cardrefund",
            models.CheckConstraint(
                condition=Q(apart_centavos__gte=0, apart_centavos__lte=F("amount_centavos")),
                name="card_refund_apart_within_it",
            ),
        ),
        migrations.AddIndex(
            "cardcharge",
            models.Index(
                fields=["followed_at"],
                condition=Q(apart_centavos__gt=F("returning_apart_centavos")),
                name="card_charge_kept_apart",
            ),
        ),
    ]
