-- What of each charge no payment could take: what the ledger was told, less what has gone back of it already.
UPDATE card_charge c SET apart_centavos = greatest(0, least(c.captured_centavos - c.returning_centavos, kept.centavos))
    FROM (
        SELECT split_part(journal, ':', 2)::bigint AS charge_id, -sum(centavos) AS centavos FROM posting
        WHERE account = 'suspense' AND journal ~ '^charge:[0-9]+:unplaced$' GROUP BY 1
    ) kept
    WHERE kept.charge_id = c.id;

-- As before, and beside it what of a refund was kept apart: the charge's own constraint keeps that within what is there.
CREATE OR REPLACE FUNCTION card_refund_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after bigint := 0;
    apart_before bigint := 0;
    apart_after bigint := 0;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'refunds are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF ROW (NEW.store_id, NEW.charge_id, NEW.gateway, NEW.key, NEW.amount_centavos, NEW.apart_centavos,
                NEW.currency, NEW.proposal_id)
           IS DISTINCT FROM
           ROW (OLD.store_id, OLD.charge_id, OLD.gateway, OLD.key, OLD.amount_centavos, OLD.apart_centavos,
                OLD.currency, OLD.proposal_id)
        THEN
            RAISE EXCEPTION 'what a refund is does not change' USING ERRCODE = 'restrict_violation';
        END IF;
        IF OLD.state <> 'failed' THEN
            before := OLD.amount_centavos;
            apart_before := OLD.apart_centavos;
        END IF;
    END IF;
    IF NEW.state <> 'failed' THEN
        after := NEW.amount_centavos;
        apart_after := NEW.apart_centavos;
    END IF;
    IF after <> before THEN
        UPDATE card_charge SET returning_centavos = returning_centavos + after - before,
            returning_apart_centavos = returning_apart_centavos + apart_after - apart_before
        WHERE id = NEW.charge_id;
    END IF;
    RETURN NEW;
END
$$;

-- What goes back of what is kept apart is at most that, and the charge counts it right.
CREATE VIEW inv_card_apart_returned_too_much AS
    SELECT c.id AS charge_id, c.apart_centavos, c.returning_apart_centavos, coalesce(sum(r.apart_centavos), 0) AS counted
    FROM card_charge c LEFT JOIN card_refund r ON r.charge_id = c.id AND r.state <> 'failed'
    GROUP BY c.id
    HAVING coalesce(sum(r.apart_centavos), 0) > c.apart_centavos
        OR coalesce(sum(r.apart_centavos), 0) <> c.returning_apart_centavos;

-- What a refund took of suspense was booked there, once, and one that is not done took nothing (or gave it back).
CREATE VIEW inv_card_apart_not_booked AS
    SELECT r.id AS refund_id, r.state, r.apart_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM card_refund r
    LEFT JOIN posting p ON p.account = 'suspense'
        AND p.journal IN ('card_refund:' || r.id || ':apart', 'card_refund:' || r.id || ':apart_came_back')
    GROUP BY r.id
    HAVING coalesce(sum(p.centavos), 0) <> CASE WHEN r.state = 'done' THEN r.apart_centavos ELSE 0 END;
