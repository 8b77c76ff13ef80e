-- What a case still holds: its parts of deposits (or the card's money), less what went out; a failed return comes back.
-- What the bank itself took back is no money of the case that says so.
CREATE FUNCTION case_left(asked bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
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

-- Nothing leaves a case that it does not hold, also when two leave at once: the case is locked first.
CREATE FUNCTION case_is_not_overdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM reconciliation_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
    IF case_left(NEW.case_id) < 0 THEN
        RAISE EXCEPTION 'case % does not hold that much', NEW.case_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_part_within_case AFTER INSERT ON case_part
    FOR EACH ROW EXECUTE FUNCTION case_is_not_overdrawn();
CREATE TRIGGER allocation_within_case AFTER INSERT ON allocation
    FOR EACH ROW WHEN (NEW.case_id IS NOT NULL AND NEW.centavos < 0) EXECUTE FUNCTION case_is_not_overdrawn();
CREATE TRIGGER case_part_is_append_only BEFORE UPDATE OR DELETE ON case_part
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_file_is_append_only BEFORE UPDATE OR DELETE ON return_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A return is told to the bank once, by one road, in one file; what ended never changes; nothing is deleted.
CREATE FUNCTION return_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'return_instruction rows are never deleted (append-only)' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.store_id, OLD.case_id, OLD.deposit_id, OLD.proposal_id, OLD.amount_centavos, OLD.currency, OLD.account,
        OLD.institution, OLD.holder, OLD.proof, OLD.asked_at, OLD.approved_at)
       IS DISTINCT FROM
       (NEW.store_id, NEW.case_id, NEW.deposit_id, NEW.proposal_id, NEW.amount_centavos, NEW.currency, NEW.account,
        NEW.institution, NEW.holder, NEW.proof, NEW.asked_at, NEW.approved_at) THEN
        RAISE EXCEPTION 'what return % returns never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'approved' AND (OLD.road, OLD.file_id, OLD.tracking_key, OLD.instructed_at)
       IS DISTINCT FROM (NEW.road, NEW.file_id, NEW.tracking_key, NEW.instructed_at) THEN
        RAISE EXCEPTION 'return % was told to the bank once', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('approved', 'approved'), ('approved', 'instructed'), ('approved', 'failed'),
        ('instructed', 'instructed'), ('instructed', 'confirmed'), ('instructed', 'failed')
    ) THEN
        RAISE EXCEPTION 'return % is % and does not become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER return_is_kept BEFORE UPDATE OR DELETE ON return_instruction
    FOR EACH ROW EXECUTE FUNCTION return_is_kept();

-- No case gives more than it holds.
CREATE VIEW inv_case_overdrawn AS
    SELECT id, case_left(id) AS centavos FROM reconciliation_case WHERE case_left(id) < 0;
-- A case is done when all its money went somewhere, and every return of it has ended.
CREATE VIEW inv_case_done_with_money AS
    SELECT c.id, case_left(c.id) AS centavos FROM reconciliation_case c
    WHERE c.state = 'done' AND (case_left(c.id) <> 0 OR EXISTS (
        SELECT 1 FROM return_instruction r WHERE r.case_id = c.id AND r.state IN ('approved', 'instructed')
    ));
-- Every part that left a case was granted by two people of its store, or by a policy that two people had granted.
CREATE VIEW inv_case_part_not_granted AS
    SELECT p.id FROM case_part p
    JOIN approval_proposal g ON g.id = p.proposal_id JOIN reconciliation_case c ON c.id = p.case_id
    WHERE g.state <> 'granted' OR g.store_id <> c.store_id
       OR (g.subject <> 'case:' || c.id AND g.kind <> 'store.policy');
-- A return is booked when the bank has confirmed it, with its own amount, and only then.
CREATE VIEW inv_return_instruction_not_booked AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN posting b ON b.journal = 'return:' || r.id || ':confirmed' AND b.account = 'bank'
    WHERE (r.state = 'confirmed' AND b.centavos IS DISTINCT FROM -r.amount_centavos)
       OR (r.state <> 'confirmed' AND b.id IS NOT NULL);
-- Every return is a part of its case, with the same amount.
CREATE VIEW inv_return_without_part AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN case_part p ON p.instruction_id = r.id AND p.case_id = r.case_id AND p.centavos = r.amount_centavos
    WHERE p.id IS NULL;
-- What a payment received by transfer is what was allocated to it, with what cases gave it besides.
DROP VIEW inv_payment_not_allocated;
CREATE VIEW inv_payment_not_allocated AS
    SELECT p.id, p.received_centavos, coalesce(a.centavos, 0) + coalesce(s.centavos, 0) AS allocated
    FROM payment p
    LEFT JOIN (SELECT payment_id, sum(centavos) AS centavos FROM allocation GROUP BY payment_id) a ON a.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(centavos) AS centavos FROM case_part
        WHERE kind IN ('payment', 'difference') GROUP BY payment_id
    ) s ON s.payment_id = p.id
    WHERE p.rail = 'transfer' AND p.received_centavos <> coalesce(a.centavos, 0) + coalesce(s.centavos, 0);
