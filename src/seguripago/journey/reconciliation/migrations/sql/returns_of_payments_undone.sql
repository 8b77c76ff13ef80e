DROP TRIGGER payment_return_is_counted ON return_instruction;
DROP FUNCTION payment_return_counts();
DROP VIEW inv_payment_returned_too_much, inv_payment_return_not_granted, inv_return_instruction_not_booked, inv_return_without_part;
CREATE OR REPLACE FUNCTION return_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
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
        ('instructed', 'instructed'), ('instructed', 'confirmed'), ('instructed', 'failed'),
        ('confirmed', 'confirmed'), ('confirmed', 'failed')
    ) THEN
        RAISE EXCEPTION 'return % is % and does not become %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE VIEW inv_return_instruction_not_booked AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN posting b ON b.journal = 'return:' || r.id || ':confirmed' AND b.account = 'bank'
    LEFT JOIN posting c ON c.journal = 'return:' || r.id || ':came_back' AND c.account = 'bank'
    WHERE (r.state = 'confirmed' AND (b.centavos IS DISTINCT FROM -r.amount_centavos OR c.id IS NOT NULL))
       OR (r.state <> 'confirmed' AND coalesce(b.centavos, 0) + coalesce(c.centavos, 0) <> 0);
CREATE VIEW inv_return_without_part AS
    SELECT r.id FROM return_instruction r
    LEFT JOIN case_part p ON p.instruction_id = r.id AND p.case_id = r.case_id AND p.centavos = r.amount_centavos
    WHERE p.id IS NULL;
