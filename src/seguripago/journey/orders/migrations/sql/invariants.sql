-- Views that must return no row: see `seguripago check-invariants`.
CREATE VIEW inv_product_promises_within_stock AS
SELECT id AS product_id, store_id, stock, reserved, sold FROM product
WHERE reserved < 0 OR sold < 0 OR reserved + sold > stock;

CREATE VIEW inv_product_counters_match_orders AS
SELECT p.id AS product_id, p.store_id, p.reserved, p.sold,
       coalesce(sum(l.quantity) FILTER (WHERE o.stock_state = 'held'), 0) AS held_by_orders,
       coalesce(sum(l.quantity) FILTER (WHERE o.stock_state = 'sold'), 0) AS sold_by_orders
FROM product p
LEFT JOIN shop_order_line l ON l.product_id = p.id
LEFT JOIN shop_order o ON o.id = l.order_id
GROUP BY p.id
HAVING p.reserved <> coalesce(sum(l.quantity) FILTER (WHERE o.stock_state = 'held'), 0)
    OR p.sold <> coalesce(sum(l.quantity) FILTER (WHERE o.stock_state = 'sold'), 0);

CREATE VIEW inv_order_total_is_its_lines AS
SELECT o.id AS order_id, o.store_id, o.total_centavos, coalesce(sum(l.subtotal_centavos), 0) AS lines_centavos
FROM shop_order o LEFT JOIN shop_order_line l ON l.order_id = o.id
GROUP BY o.id
HAVING o.subtotal_centavos <> coalesce(sum(l.subtotal_centavos), 0)
    OR o.total_centavos <> coalesce(sum(l.subtotal_centavos), 0) + o.shipping_centavos;

CREATE VIEW inv_order_acceptance_has_six_checks AS
SELECT o.id AS order_id, o.store_id, count(c.id) AS confirmed
FROM shop_order o LEFT JOIN shop_order_check c ON c.order_id = o.id AND c.confirmed_at IS NOT NULL
WHERE o.accepted_at IS NOT NULL
GROUP BY o.id
HAVING count(c.id) <> 6;

CREATE VIEW inv_order_has_every_pre_invoice AS
SELECT o.id AS order_id, o.store_id, o.pre_invoice_version, count(v.id) AS versions
FROM shop_order o LEFT JOIN pre_invoice v ON v.order_id = o.id
GROUP BY o.id
HAVING count(v.id) <> o.pre_invoice_version OR coalesce(max(v.version), 0) <> o.pre_invoice_version;

CREATE VIEW inv_order_line_of_its_store AS
SELECT l.id AS line_id, o.id AS order_id, o.store_id
FROM shop_order_line l JOIN shop_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id
WHERE p.store_id <> o.store_id;
