-- What a refund is never changes, and no row is deleted: only where it is moves.
CREATE FUNCTION refund_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'refunds are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (OLD.store_id, OLD.order_id, OLD.case_id, OLD.reason, OLD.amount_centavos, OLD.currency, OLD.note,
            OLD.charge_id, OLD.asked_by, OLD.asked_at)
       IS DISTINCT FROM
       ROW (NEW.store_id, NEW.order_id, NEW.case_id, NEW.reason, NEW.amount_centavos, NEW.currency, NEW.note,
            NEW.charge_id, NEW.asked_by, NEW.asked_at) THEN
        RAISE EXCEPTION 'what refund % is never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'rejected' AND NEW.state <> 'rejected' THEN
        RAISE EXCEPTION 'refund % was not granted', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refund_is_kept BEFORE UPDATE OR DELETE ON refund FOR EACH ROW EXECUTE FUNCTION refund_is_kept();

-- A leg has one road, once; only that it is over, and the instruction it waited for, are written later.
CREATE FUNCTION refund_leg_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'legs of refunds are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (OLD.refund_id, OLD.place, OLD.road, OLD.amount_centavos, OLD.charge_id, OLD.deposit_id, OLD.card_refund_id)
       IS DISTINCT FROM
       ROW (NEW.refund_id, NEW.place, NEW.road, NEW.amount_centavos, NEW.charge_id, NEW.deposit_id, NEW.card_refund_id)
       OR (OLD.instruction_id IS NOT NULL AND NEW.instruction_id IS DISTINCT FROM OLD.instruction_id)
       OR (OLD.is_over AND NOT NEW.is_over) THEN
        RAISE EXCEPTION 'what leg % of a refund is never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refund_leg_is_kept BEFORE UPDATE OR DELETE ON refund_leg
    FOR EACH ROW EXECUTE FUNCTION refund_leg_is_kept();

-- What two people had not decided yet is asked again here: its charge has no machine of its own any more.
UPDATE approval_proposal SET state = 'void', decided_at = now(), decided_by = 'SeguriPago',
        reason = 'Pídelo otra vez: los reembolsos tienen una sola lista.'
    WHERE kind = 'card.refund' AND state = 'open';

-- What was sent back before there was this room.
INSERT INTO refund (store_id, order_id, case_id, subject, reason, amount_centavos, currency, state, note, words, charge_id,
    proposal_id, asked_by, asked_at, approved_by, approved_at, instructed_at, ended_at)
    SELECT r.store_id, y.order_id, NULL, 'card_refund:' || r.id,
        CASE WHEN r.proposal_id IS NULL THEN 'panel' WHEN r.apart_centavos > 0 THEN 'other' ELSE 'by_store' END,
        r.amount_centavos, r.currency,
        CASE r.state WHEN 'done' THEN 'confirmed' WHEN 'failed' THEN 'failed'
            ELSE CASE WHEN r.sent_at IS NULL THEN 'approved' ELSE 'instructed' END END,
        r.reason, r.failure, NULL, r.proposal_id, r.asked_by, r.made_at, r.approved_by, r.made_at, r.sent_at, r.ended_at
    FROM card_refund r JOIN card_charge c ON c.id = r.charge_id JOIN payment y ON y.id = c.payment_id ORDER BY r.id;
INSERT INTO refund_leg (refund_id, place, road, amount_centavos, charge_id, card_refund_id, is_over)
    SELECT f.id, 1, 'card', r.amount_centavos, r.charge_id, r.id, false
    FROM card_refund r JOIN refund f ON f.subject = 'card_refund:' || r.id ORDER BY r.id;
INSERT INTO refund (store_id, order_id, case_id, subject, reason, amount_centavos, currency, state, note, words, charge_id,
    proposal_id, asked_by, asked_at, approved_by, approved_at, instructed_at, ended_at)
    SELECT r.store_id, y.order_id, r.case_id, 'return:' || r.id,
        CASE k.kind WHEN 'excess' THEN 'excess' WHEN 'late' THEN 'late' WHEN 'part_expired' THEN 'part'
            WHEN 'duplicate' THEN 'duplicate' WHEN 'unknown' THEN 'unknown' WHEN 'wrong_account' THEN 'unknown'
            ELSE 'other' END,
        r.amount_centavos, r.currency, r.state, 'Del caso ' || k.id || '.', r.reason, NULL, r.proposal_id,
        p.proposed_by, r.asked_at, p.decided_by, r.approved_at, r.instructed_at, r.ended_at
    FROM return_instruction r JOIN reconciliation_case k ON k.id = r.case_id
    JOIN approval_proposal p ON p.id = r.proposal_id LEFT JOIN payment y ON y.id = k.payment_id ORDER BY r.id;
INSERT INTO refund_leg (refund_id, place, road, amount_centavos, deposit_id, instruction_id, is_over)
    SELECT f.id, 1, 'spei', r.amount_centavos, r.deposit_id, r.id, false
    FROM return_instruction r JOIN refund f ON f.subject = 'return:' || r.id ORDER BY r.id;

-- The living legs of a decided refund are its amount, to the centavo.
CREATE VIEW inv_refund_legs_differ AS
    SELECT f.id, f.state, f.amount_centavos, coalesce(sum(l.amount_centavos), 0) AS on_the_way
    FROM refund f LEFT JOIN refund_leg l ON l.refund_id = f.id AND NOT l.is_over
    GROUP BY f.id
    HAVING coalesce(sum(l.amount_centavos), 0)
        <> CASE WHEN f.state IN ('asked', 'rejected') THEN 0 ELSE f.amount_centavos END;

-- A refund that is confirmed left by every one of its legs, and each was booked.
CREATE VIEW inv_refund_not_booked AS
    SELECT f.id, l.id AS leg_id FROM refund f JOIN refund_leg l ON l.refund_id = f.id AND NOT l.is_over
    WHERE f.state = 'confirmed' AND NOT EXISTS (
        SELECT 1 FROM posting p
        WHERE (l.card_refund_id IS NOT NULL AND p.account = 'card_gateway'
               AND p.journal LIKE 'card\_refund:' || l.card_refund_id || ':%' AND p.centavos < 0)
           OR (l.instruction_id IS NOT NULL AND p.account = 'bank'
               AND p.journal IN ('return:' || l.instruction_id || ':confirmed', 'return:' || l.instruction_id || ':refunded')
               AND p.centavos = -l.amount_centavos)
    );

-- What goes back of a payment, on its way and done, by whatever road, is at most what it received.
CREATE VIEW inv_refunded_beyond_paid AS
    SELECT y.id AS payment_id, y.received_centavos, coalesce(c.centavos, 0) + coalesce(r.centavos, 0) AS going
    FROM payment y
    LEFT JOIN (
        SELECT h.payment_id, sum(r.amount_centavos - r.apart_centavos) AS centavos
        FROM card_refund r JOIN card_charge h ON h.id = r.charge_id WHERE r.state <> 'failed' GROUP BY 1
    ) c ON c.payment_id = y.id
    LEFT JOIN (
        SELECT payment_id, sum(amount_centavos) AS centavos FROM return_instruction
        WHERE payment_id IS NOT NULL AND state <> 'failed' GROUP BY 1
    ) r ON r.payment_id = y.id
    WHERE y.state IN ('confirmed', 'refunded', 'partly_refunded', 'charged_back')
      AND coalesce(r.centavos, 0) > 0
      AND coalesce(c.centavos, 0) + coalesce(r.centavos, 0) > y.received_centavos;

-- Nothing of a payment goes back without a refund: an instruction is written together with its leg.
CREATE VIEW inv_return_without_refund AS
    SELECT r.id FROM return_instruction r LEFT JOIN refund_leg l ON l.instruction_id = r.id
    WHERE r.payment_id IS NOT NULL AND l.id IS NULL;
