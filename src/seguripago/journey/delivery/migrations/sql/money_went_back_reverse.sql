DROP VIEW inv_shipment_differs_from_order;
CREATE VIEW inv_shipment_differs_from_order AS
    SELECT s.id AS shipment_id, s.state AS shipment_state, o.state AS order_state
    FROM shipment s JOIN shop_order o ON o.id = s.order_id
    WHERE (s.state IN ('shipped', 'in_transit') AND o.state <> 'shipped')
       OR (s.state = 'delivered' AND o.state NOT IN ('delivered', 'closed'))
       OR (s.state = 'preparing' AND o.state NOT IN ('preparing', 'cancelled'))
       OR s.store_id <> o.store_id;
