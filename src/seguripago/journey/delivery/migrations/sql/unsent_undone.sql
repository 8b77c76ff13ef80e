-- How a parcel ended does not change.
CREATE OR REPLACE FUNCTION shipment_keeps_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- Parcels and their order tell the same story: it is shipped when its last piece left, delivered when the last parcel
-- arrived. Where the bank took the money back before anything left, the parcel waits.
CREATE OR REPLACE VIEW inv_shipment_differs_from_order AS
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
