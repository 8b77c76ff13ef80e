"""What must always hold of charges: booked whole, their own store's, and never another charge than they were."""

from django.db import migrations

from seguripago.foundations.sql_files import run_file

REVERSE = """
    DROP VIEW inv_card_charge_not_booked, inv_card_charge_of_another;
    DROP TRIGGER card_charge_is_kept ON card_charge;
    DROP FUNCTION card_charge_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("cards", "0003_gateways"), ("payments", "0009_refunds")]

    operations = [run_file(__file__, "charge_truths.sql", reverse=REVERSE)]
