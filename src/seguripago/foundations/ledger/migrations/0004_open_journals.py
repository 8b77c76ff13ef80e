from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = """
DROP TRIGGER posting_zero_sum ON posting_open;
DROP TRIGGER posting_leaves_no_journal_open ON posting;
DROP FUNCTION posting_note_open_journals();
DROP FUNCTION posting_sums_to_zero();
DROP TABLE posting_open;
DROP TRIGGER posting_is_never_truncated ON posting;
CREATE FUNCTION posting_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM posting WHERE journal = NEW.journal GROUP BY currency HAVING sum(centavos) <> 0) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER posting_zero_sum AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_sums_to_zero();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0003_value_dates")]
    operations: ClassVar = [run_file(__file__, "balanced.sql", reverse=BEFORE)]
