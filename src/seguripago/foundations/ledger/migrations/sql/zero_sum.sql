CREATE TRIGGER posting_is_append_only BEFORE UPDATE OR DELETE ON posting
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every journal sums to zero per currency when its transaction commits.
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

CREATE VIEW inv_journal_not_zero AS
    SELECT journal, currency, sum(centavos) AS centavos FROM posting GROUP BY journal, currency HAVING sum(centavos) <> 0;
CREATE VIEW inv_ledger_not_zero AS
    SELECT store_id, currency, sum(centavos) AS centavos FROM posting GROUP BY store_id, currency HAVING sum(centavos) <> 0;
