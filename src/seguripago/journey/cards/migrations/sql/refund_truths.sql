-- What was captured of the charges that are paid already: what the ledger was told.
UPDATE card_charge c SET captured_centavos = coalesce((
        SELECT sum(p.centavos) FROM posting p JOIN payment y ON p.subject = 'order:' || y.order_id
        WHERE y.id = c.payment_id AND p.account = 'card_gateway' AND p.journal LIKE 'charge:' || c.id || ':%'
    ), c.amount_centavos)
    WHERE c.state = 'paid';

-- A refund counts against its charge while it is pending or done; the charge's own constraint keeps the sum within what
-- was captured. The UPDATE takes the charge's row lock: whoever comes at the same time waits and counts after it.
CREATE FUNCTION card_refund_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after bigint := 0;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'refunds are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW (NEW.store_id, NEW.charge_id, NEW.gateway, NEW.key, NEW.amount_centavos, NEW.currency, NEW.proposal_id)
           IS DISTINCT FROM
           ROW (OLD.store_id, OLD.charge_id, OLD.gateway, OLD.key, OLD.amount_centavos, OLD.currency, OLD.proposal_id)
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
CREATE TRIGGER card_refund_is_counted BEFORE INSERT OR UPDATE OR DELETE ON card_refund
    FOR EACH ROW EXECUTE FUNCTION card_refund_counts();

-- What goes back is at most what was captured, and the charge counts it right.
CREATE VIEW inv_card_refunded_too_much AS
    SELECT c.id AS charge_id, c.captured_centavos, c.returning_centavos, coalesce(sum(r.amount_centavos), 0) AS counted
    FROM card_charge c LEFT JOIN card_refund r ON r.charge_id = c.id AND r.state <> 'failed'
    GROUP BY c.id
    HAVING coalesce(sum(r.amount_centavos), 0) > c.captured_centavos
        OR coalesce(sum(r.amount_centavos), 0) <> c.returning_centavos;

-- A refund that is done was booked, once, and one that is not was not (or was booked back).
CREATE VIEW inv_card_refund_not_booked AS
    SELECT r.id AS refund_id, r.state, r.amount_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM card_refund r
    JOIN card_charge c ON c.id = r.charge_id
    JOIN payment y ON y.id = c.payment_id
    LEFT JOIN posting p ON p.subject = 'order:' || y.order_id AND p.account = 'card_gateway'
        AND p.journal LIKE 'card\_refund:' || r.id || ':%'
    GROUP BY r.id
    HAVING coalesce(sum(p.centavos), 0) <> CASE WHEN r.state = 'done' THEN -r.amount_centavos ELSE 0 END;

-- Nobody alone sends money back: the proposal of a refund was granted.
CREATE VIEW inv_card_refund_not_granted AS
    SELECT r.id AS refund_id, r.proposal_id
    FROM card_refund r JOIN approval_proposal p ON p.id = r.proposal_id
    WHERE p.state <> 'granted' OR p.store_id <> r.store_id;

-- A chargeback that the store does not have the money of was booked; one that it won was booked back.
CREATE VIEW inv_chargeback_not_booked AS
    SELECT b.id AS chargeback_id, b.state, b.amount_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM card_chargeback b
    JOIN card_charge c ON c.id = b.charge_id
    JOIN payment y ON y.id = c.payment_id
    LEFT JOIN posting p ON p.subject = 'order:' || y.order_id AND p.account = 'card_gateway'
        AND p.journal LIKE 'chargeback:' || b.id || ':%'
    GROUP BY b.id
    HAVING coalesce(sum(p.centavos), 0) <> CASE WHEN b.state = 'won' THEN 0 ELSE -b.amount_centavos END;
