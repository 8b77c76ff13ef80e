-- What backs a purchase is said once: the row is never deleted, and stays as it is from then on.
CREATE FUNCTION purchase_backing_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.backed_at IS NOT NULL
       OR ROW (NEW.store_id, NEW.order_id, NEW.payment_id, NEW.confirmed_at, NEW.file_by)
          IS DISTINCT FROM ROW (OLD.store_id, OLD.order_id, OLD.payment_id, OLD.confirmed_at, OLD.file_by) THEN
        RAISE EXCEPTION 'what backs a purchase does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER purchase_backing_is_kept BEFORE UPDATE OR DELETE ON purchase_backing
    FOR EACH ROW EXECUTE FUNCTION purchase_backing_is_kept();

-- A backed purchase has the very receipt and certificate that it names, of its own order and store.
CREATE VIEW inv_purchase_backed_without_papers AS
    SELECT b.id AS backing_id, b.order_id
    FROM purchase_backing b
    JOIN shop_order o ON o.id = b.order_id
    LEFT JOIN receipt r ON r.order_id = b.order_id AND r.number = b.receipt
    LEFT JOIN guarantee g ON g.order_id = b.order_id AND g.number = b.certificate
    WHERE b.store_id <> o.store_id OR (b.backed_at IS NOT NULL AND (r.id IS NULL OR g.id IS NULL));

-- What was paid before this room was there waits from now on, like any other.
INSERT INTO purchase_backing
    (store_id, order_id, payment_id, confirmed_at, remind_at, reminded_at, file_by, filed, subject, receipt, certificate)
SELECT g.store_id, g.order_id, r.payment_id, g.held_at, g.held_at + interval '24 hours', now(),
       greatest(now(), g.held_at) + interval '72 hours', '', '', '', ''
FROM guarantee g
JOIN (SELECT order_id, min(payment_id) AS payment_id FROM receipt GROUP BY order_id) r ON r.order_id = g.order_id;
