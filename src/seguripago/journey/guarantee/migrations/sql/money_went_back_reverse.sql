DROP VIEW inv_guarantee_without_payment;
CREATE VIEW inv_guarantee_without_payment AS
    SELECT g.id AS guarantee_id, o.state AS order_state
    FROM guarantee g JOIN shop_order o ON o.id = g.order_id
    WHERE o.paid_at IS NULL OR g.store_id <> o.store_id;
