UPDATE refund SET stopped_parcel = false WHERE state = 'rejected' AND stopped_parcel;
-- What asking for a refund had stopped as a doubt is held by the refund itself; a doubt that is open stays one.
UPDATE shop_order o SET shipping_holders = array_append(array_remove(o.shipping_holders, 'doubt'), 'refund')
    WHERE o.shipping_hold
      AND EXISTS (SELECT 1 FROM refund f WHERE f.order_id = o.id AND f.stopped_parcel AND f.state = 'asked')
      AND NOT EXISTS (
          SELECT 1 FROM reconciliation_case k JOIN payment y ON y.id = k.payment_id
          WHERE y.order_id = o.id AND k.state <> 'done'
            AND (k.kind IN ('reversed', 'chargeback') OR (k.kind = 'contradiction' AND k.cause LIKE '%:believed')));
UPDATE refund f SET stopped_parcel = true
    FROM shop_order o JOIN payment y ON y.order_id = o.id
    WHERE f.order_id = o.id AND o.shipping_hold AND o.state IN ('paid', 'preparing')
      AND f.state IN ('approved', 'instructed', 'failed') AND f.case_id IS NULL AND f.amount_centavos = y.amount_centavos;
UPDATE shop_order o SET shipping_holders = array_append(o.shipping_holders, 'refund')
    WHERE NOT 'refund' = ANY (o.shipping_holders)
      AND o.shipping_hold AND o.state IN ('paid', 'preparing')
      AND EXISTS (SELECT 1 FROM refund f WHERE f.order_id = o.id AND f.stopped_parcel);

-- What goes back of a payment, waiting for an account, on its way and done, by whatever road, is at most what it received.
DROP VIEW inv_refunded_beyond_paid;
CREATE VIEW inv_refunded_beyond_paid AS
    SELECT y.id AS payment_id, y.received_centavos,
        coalesce(c.centavos, 0) + coalesce(r.centavos, 0) + coalesce(w.centavos, 0) AS going
    FROM payment y
    LEFT JOIN (
        SELECT h.payment_id, sum(r.amount_centavos - r.apart_centavos) AS centavos
        FROM card_refund r JOIN card_charge h ON h.id = r.charge_id WHERE r.state <> 'failed' GROUP BY 1
    ) c ON c.payment_id = y.id
    LEFT JOIN (
        SELECT payment_id, sum(amount_centavos) AS centavos FROM return_instruction
        WHERE payment_id IS NOT NULL AND state <> 'failed' GROUP BY 1
    ) r ON r.payment_id = y.id
    LEFT JOIN (
        SELECT f.order_id, sum(l.amount_centavos) AS centavos
        FROM refund_leg l JOIN refund f ON f.id = l.refund_id
        WHERE l.road = 'spei' AND l.instruction_id IS NULL AND NOT l.is_over AND f.state <> 'rejected' GROUP BY 1
    ) w ON w.order_id = y.order_id
    WHERE y.state IN ('confirmed', 'refunded', 'partly_refunded', 'charged_back')
      AND coalesce(r.centavos, 0) + coalesce(w.centavos, 0) > 0
      AND coalesce(c.centavos, 0) + coalesce(r.centavos, 0) + coalesce(w.centavos, 0) > y.received_centavos;

-- Whatever a living refund stopped is held by it, until everything is over.
CREATE VIEW inv_refund_lets_parcel_go AS
    SELECT f.id, f.state, o.id AS order_id FROM refund f JOIN shop_order o ON o.id = f.order_id
    WHERE f.stopped_parcel AND o.state IN ('paid', 'preparing')
      AND NOT 'refund' = ANY (o.shipping_holders);

-- Money waits for the account that the buyer gave last: no older one is confirmed afterwards.
CREATE VIEW inv_refund_account_not_newest AS
    SELECT a.id, n.id AS newer_id FROM refund_account a JOIN refund_account n ON n.refund_id = a.refund_id AND n.id > a.id
    WHERE a.state = 'confirmed' AND n.given_at < a.decided_at;
