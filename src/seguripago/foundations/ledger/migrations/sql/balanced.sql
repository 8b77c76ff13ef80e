-- Not even as a whole: TRUNCATE passes by the trigger of the rows.
CREATE TRIGGER posting_is_never_truncated BEFORE TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Zero-sum, looked at once a statement instead of once a leg. Journals are booked whole, in one statement: one pass over
-- its rows says so, and nothing is left for the commit. Only a journal that a statement leaves open goes into
-- posting_open, and the deferred trigger of that row looks at the whole journal when the transaction commits. Deleting
-- the row in between does not help: the trigger is queued by its insertion.
CREATE TABLE posting_open (journal varchar(80) NOT NULL);

DROP TRIGGER posting_zero_sum ON posting;
DROP FUNCTION posting_sums_to_zero();

CREATE FUNCTION posting_note_open_journals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO posting_open (journal)
        SELECT DISTINCT journal FROM (
            SELECT journal FROM booked GROUP BY journal, currency HAVING sum(centavos) <> 0
        ) unbalanced;
    RETURN NULL;
END
$$;
CREATE TRIGGER posting_leaves_no_journal_open AFTER INSERT ON posting
    REFERENCING NEW TABLE AS booked FOR EACH STATEMENT EXECUTE FUNCTION posting_note_open_journals();

CREATE FUNCTION posting_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM posting WHERE journal = NEW.journal GROUP BY currency HAVING sum(centavos) <> 0) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM posting_open WHERE journal = NEW.journal;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER posting_zero_sum AFTER INSERT ON posting_open
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_sums_to_zero();
