CREATE OR REPLACE FUNCTION guarantee_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'guarantees are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (NEW.store_id, NEW.order_id, NEW.number, NEW.key, NEW.currency, NEW.funded_centavos, NEW.held_at)
       IS DISTINCT FROM
       ROW (OLD.store_id, OLD.order_id, OLD.number, OLD.key, OLD.currency, OLD.funded_centavos, OLD.held_at) THEN
        RAISE EXCEPTION 'what a guarantee promised does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('released', 'resolved') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'guarantee % has ended', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
