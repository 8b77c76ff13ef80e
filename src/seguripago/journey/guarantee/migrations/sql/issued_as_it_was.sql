-- Promises that stand already say what their store says now: it is what their certificates printed until today. Those
-- that have ended are filled in too, which their trigger refuses to anybody else.
ALTER TABLE guarantee DISABLE TRIGGER guarantee_is_kept;
UPDATE guarantee SET mode = store.guarantee_mode, partner = store.guarantee_partner,
    inspection_days = store.inspection_days
    FROM store WHERE store.id = guarantee.store_id;
ALTER TABLE guarantee ENABLE TRIGGER guarantee_is_kept;

-- Whose obligation it is, and how many days the buyer has to look, do not change once the certificate is out.
CREATE OR REPLACE FUNCTION guarantee_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'guarantees are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (NEW.store_id, NEW.order_id, NEW.number, NEW.key, NEW.currency, NEW.funded_centavos, NEW.held_at,
            NEW.mode, NEW.partner, NEW.inspection_days)
       IS DISTINCT FROM
       ROW (OLD.store_id, OLD.order_id, OLD.number, OLD.key, OLD.currency, OLD.funded_centavos, OLD.held_at,
            OLD.mode, OLD.partner, OLD.inspection_days) THEN
        RAISE EXCEPTION 'what a guarantee promised does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('released', 'resolved') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'guarantee % has ended', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
