-- What left in a parcel, and what was told of it, stays as it was written.
CREATE TRIGGER shipment_line_is_append_only BEFORE UPDATE OR DELETE ON shipment_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER shipment_event_is_append_only BEFORE UPDATE OR DELETE ON shipment_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Never more pieces of a line than were ordered; a parcel that came back counts no more. The line's lock makes two
-- parcels that leave at once wait for each other: the second one counts the first.
CREATE FUNCTION shipment_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ordered integer;
    sent bigint;
BEGIN
    SELECT l.quantity INTO ordered FROM shop_order_line l JOIN shipment s ON s.order_id = l.order_id
        WHERE l.id = NEW.order_line_id AND s.id = NEW.shipment_id FOR NO KEY UPDATE OF l;
    IF ordered IS NULL THEN
        RAISE EXCEPTION 'line % is not of the order of parcel %', NEW.order_line_id, NEW.shipment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_line_of_its_order';
    END IF;
    SELECT coalesce(sum(sl.quantity), 0) INTO sent FROM shipment_line sl JOIN shipment s ON s.id = sl.shipment_id
        WHERE sl.order_line_id = NEW.order_line_id AND s.state <> 'returned';
    IF sent > ordered THEN
        RAISE EXCEPTION '% pieces of line % would be sent, % were ordered', sent, NEW.order_line_id, ordered
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_line_within_order';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER shipment_line_is_within_order AFTER INSERT ON shipment_line
    FOR EACH ROW EXECUTE FUNCTION shipment_line_fits();

-- How a parcel ended does not change.
CREATE FUNCTION shipment_keeps_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'parcels are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.order_id <> OLD.order_id OR NEW.position <> OLD.position
       OR (OLD.state IN ('delivered', 'returned') AND NEW.state <> OLD.state)
       OR (OLD.state <> 'preparing' AND NEW.state = 'preparing')
       OR (OLD.shipped_at IS NOT NULL AND NEW.tracking_number <> OLD.tracking_number) THEN
        RAISE EXCEPTION 'parcel % has left or ended as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER shipment_is_kept BEFORE UPDATE OR DELETE ON shipment
    FOR EACH ROW EXECUTE FUNCTION shipment_keeps_its_end();

CREATE VIEW inv_shipment_sent_too_much AS
    SELECT l.id AS order_line_id, l.quantity, sum(sl.quantity) AS sent
    FROM shop_order_line l JOIN shipment_line sl ON sl.order_line_id = l.id JOIN shipment s ON s.id = sl.shipment_id
    WHERE s.state <> 'returned' GROUP BY l.id, l.quantity HAVING sum(sl.quantity) > l.quantity;

CREATE VIEW inv_shipment_lines_differ AS
    SELECT s.id AS shipment_id, s.state, count(sl.id) AS lines
    FROM shipment s LEFT JOIN shipment_line sl ON sl.shipment_id = s.id LEFT JOIN shop_order_line l ON l.id = sl.order_line_id
    GROUP BY s.id, s.state, s.order_id
    HAVING (s.state = 'preparing') <> (count(sl.id) = 0) OR bool_or(l.order_id <> s.order_id);

-- Parcels and their order tell the same story: it is shipped when its last piece left, delivered when the last parcel
-- arrived. Where the bank took the money back before anything left, the parcel waits.
CREATE VIEW inv_shipment_differs_from_order AS
    SELECT s.id AS shipment_id, s.state AS shipment_state, o.state AS order_state
    FROM shipment s JOIN shop_order o ON o.id = s.order_id
    WHERE (s.state IN ('shipped', 'in_transit') AND o.state NOT IN ('preparing', 'shipped'))
       OR (s.state = 'delivered' AND o.state NOT IN ('preparing', 'shipped', 'delivered', 'closed'))
       OR (s.state <> 'preparing' AND o.state = 'preparing' AND o.part_sent_at IS NULL)
       OR (s.state = 'preparing' AND o.state NOT IN ('preparing', 'cancelled') AND NOT (
               o.state IN ('verified', 'expired', 'paid') AND EXISTS (
                   SELECT 1 FROM posting p
                   WHERE p.subject = 'order:' || o.id AND p.journal LIKE '%:returned:payment:%'))
           AND NOT (o.state IN ('shipped', 'delivered', 'closed') AND EXISTS (
                   SELECT 1 FROM shipment r WHERE r.order_id = o.id AND r.state = 'returned')))
       OR s.store_id <> o.store_id;
