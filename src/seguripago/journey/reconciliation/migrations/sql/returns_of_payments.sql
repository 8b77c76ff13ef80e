-- A return of a payment's money counts against what its transfers brought, until it fails. The UPDATE takes the row's
-- lock: whoever comes at the same time waits and counts after it, and the row's own constraint refuses what is too much.
CREATE FUNCTION payment_return_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after bigint := 0;
BEGIN
    IF NEW.payment_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'failed' THEN
        before := OLD.amount_centavos;
    END IF;
    IF NEW.state <> 'failed' THEN
        after := NEW.amount_centavos;
    END IF;
    IF after <> before THEN
        UPDATE payment_return SET returning_centavos = returning_centavos + after - before
        WHERE payment_id = NEW.payment_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'nobody said what payment % may give back', NEW.payment_id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_return_is_counted BEFORE INSERT OR UPDATE ON return_instruction
    FOR EACH ROW EXECUTE FUNCTION payment_return_counts();

-- As before, and whose money goes back never changes either.
CREATE OR REPLACE FUNCTION return_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'return_instruction rows are never deleted (append-only)' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.store_id, OLD.case_id, OLD.payment_id, OLD.deposit_id, OLD.proposal_id, OLD.amount_centavos, OLD.currency,
        OLD.account, OLD.institution, OLD.holder, OLD.proof, OLD.asked_at, OLD.approved_at)
       IS DISTINCT FROM
       (NEW.store_id, NEW.case_id, NEW.payment_id, NEW.deposit_id, NEW.proposal_id, NEW.amount_centavos, NEW.currency,
        NEW.account, NEW.institution, NEW.holder, NEW.proof, NEW.asked_at, NEW.approved_at) THEN
        RAISE EXCEPTION 'what return % returns never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'approved' AND (OLD.road, OLD.file_id, OLD.tracking_key, OLD.instructed_at)
       IS DISTINCT FROM (NEW.road, NEW.file_id, NEW.tracking_key, NEW.instructed_at) THEN
        RAISE EXCEPTION 'return % was told to the bank once', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('approved', 'approved'), ('approved', 'instructed'), ('approved', 'failed'),
        ('instructed', 'instructed'), ('instructed', 'confirmed'), ('instructed', 'failed'),
        ('confirmed', 'confirmed'), ('confirmed', 'failed')
    ) THEN
        RAISE EXCEPTION 'return % is % and does not become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- A return is booked when the bank has confirmed it, with its own amount, and only while it has not come back: of a case
-- out of suspense, of a payment as a refund.
CREATE OR REPLACE VIEW inv_return_instruction_not_booked AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN posting b ON b.account = 'bank'
        AND b.journal = 'return:' || r.id || CASE WHEN r.case_id IS NULL THEN ':refunded' ELSE ':confirmed' END
    LEFT JOIN posting c ON c.journal = 'return:' || r.id || ':came_back' AND c.account = 'bank'
    WHERE (r.state = 'confirmed' AND (b.centavos IS DISTINCT FROM -r.amount_centavos OR c.id IS NOT NULL))
       OR (r.state <> 'confirmed' AND coalesce(b.centavos, 0) + coalesce(c.centavos, 0) <> 0);

-- Every return of a case is a part of it, with the same amount.
CREATE OR REPLACE VIEW inv_return_without_part AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN case_part p ON p.instruction_id = r.id AND p.case_id = r.case_id AND p.centavos = r.amount_centavos
    WHERE r.case_id IS NOT NULL AND p.id IS NULL;

-- What goes back of a payment's transfers is at most what they brought, and it is counted right.
CREATE VIEW inv_payment_returned_too_much AS
    SELECT p.payment_id, p.funded_centavos, p.returning_centavos, coalesce(sum(r.amount_centavos), 0) AS counted
    FROM payment_return p LEFT JOIN return_instruction r ON r.payment_id = p.payment_id AND r.state <> 'failed'
    GROUP BY p.payment_id
    HAVING coalesce(sum(r.amount_centavos), 0) > p.funded_centavos
        OR coalesce(sum(r.amount_centavos), 0) <> p.returning_centavos;

-- Nobody alone sends a payment's money back.
CREATE VIEW inv_payment_return_not_granted AS
    SELECT r.id, r.proposal_id FROM return_instruction r JOIN approval_proposal g ON g.id = r.proposal_id
    WHERE r.payment_id IS NOT NULL AND (g.state <> 'granted' OR g.store_id <> r.store_id);
