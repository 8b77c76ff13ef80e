CREATE TRIGGER claim_event_is_append_only BEFORE UPDATE OR DELETE ON claim_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER claim_decision_is_append_only BEFORE UPDATE OR DELETE ON claim_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was claimed is written once; a closed claim stays as it closed.
CREATE FUNCTION claim_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'claims are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (NEW.store_id, NEW.order_id, NEW.turn, NEW.number, NEW.reason, NEW.of_centavos, NEW.currency, NEW.opened_at)
       IS DISTINCT FROM
       ROW (OLD.store_id, OLD.order_id, OLD.turn, OLD.number, OLD.reason, OLD.of_centavos, OLD.currency, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'what was claimed does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'closed' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'claim % is closed', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.appealed_at IS NOT NULL AND NEW.appealed_at IS DISTINCT FROM OLD.appealed_at THEN
        RAISE EXCEPTION 'claim % was appealed once', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER claim_is_kept BEFORE UPDATE OR DELETE ON claim
    FOR EACH ROW EXECUTE FUNCTION claim_keeps_its_word();
