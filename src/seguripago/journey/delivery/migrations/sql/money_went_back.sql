-- The parcel and its order tell the same story. Where the bank took the money back before the parcel left, it waits.
DROP VIEW inv_shipment_differs_from_order;
CREATE VIEW inv_shipment_differs_from_order AS
    SELECT s.id AS shipment_id, s.state AS shipment_state, o.state AS order_state
    FROM shipment s JOIN shop_order o ON o.id = s.order_id
    WHERE (s.state IN ('shipped', 'in_transit') AND o.state <> 'shipped')
       OR (s.state = 'delivered' AND o.state NOT IN ('delivered', 'closed'))
       OR (s.state = 'preparing' AND o.state NOT IN ('preparing', 'cancelled') AND NOT (
               o.state IN ('verified', 'expired', 'paid') AND EXISTS (
                   SELECT 1 FROM posting p
                   WHERE p.subject = 'order:' || o.id AND p.journal LIKE '%:returned:payment:%')))
       OR s.store_id <> o.store_id;
