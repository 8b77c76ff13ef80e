CREATE TRIGGER guarantee_event_is_append_only BEFORE UPDATE OR DELETE ON guarantee_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What funded a guarantee, its folio and its key are written once; an ended guarantee stays as it ended.
CREATE FUNCTION guarantee_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guarantee_is_kept BEFORE UPDATE OR DELETE ON guarantee
    FOR EACH ROW EXECUTE FUNCTION guarantee_keeps_its_word();
