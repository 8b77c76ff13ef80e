-- Only what was paid is promised. Where the bank took the money back, the promise waits for it with the order.
DROP VIEW inv_guarantee_without_payment;
CREATE VIEW inv_guarantee_without_payment AS
    SELECT g.id AS guarantee_id, o.state AS order_state
    FROM guarantee g JOIN shop_order o ON o.id = g.order_id
    WHERE g.store_id <> o.store_id
       OR (o.paid_at IS NULL AND (g.state <> 'held' OR NOT EXISTS (
               SELECT 1 FROM posting p
               WHERE p.subject = 'order:' || o.id AND p.journal LIKE '%:returned:payment:%')));
