-- A line without a product belongs to a charge without a cart, and such a charge has exactly one line, of that kind.
CREATE FUNCTION order_line_free_only_in_quick() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM shop_order WHERE id = NEW.order_id AND kind = 'quick') THEN
        RAISE EXCEPTION 'order_line_free_only_in_quick' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
-- Only what has no product asks: the hot path of a cart costs nothing.
CREATE CONSTRAINT TRIGGER order_line_free_only_in_quick AFTER INSERT OR UPDATE ON shop_order_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.product_id IS NULL)
    EXECUTE FUNCTION order_line_free_only_in_quick();

CREATE FUNCTION order_quick_has_one_free_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM shop_order_line WHERE order_id = NEW.id) <> 1
       OR EXISTS (SELECT 1 FROM shop_order_line WHERE order_id = NEW.id AND product_id IS NOT NULL) THEN
        RAISE EXCEPTION 'order_quick_has_one_free_line' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_quick_has_one_free_line AFTER INSERT OR UPDATE OF kind ON shop_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'quick')
    EXECUTE FUNCTION order_quick_has_one_free_line();

CREATE VIEW inv_order_lines_of_its_kind AS
SELECT o.id AS order_id, o.store_id, o.kind, count(l.id) AS lines, count(l.product_id) AS products
FROM shop_order o LEFT JOIN shop_order_line l ON l.order_id = o.id
GROUP BY o.id
HAVING (o.kind = 'quick' AND (count(l.id) <> 1 OR count(l.product_id) <> 0))
    OR (o.kind <> 'quick' AND count(l.id) <> count(l.product_id));
