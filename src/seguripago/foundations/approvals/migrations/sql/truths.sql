-- What was proposed never changes; what was decided never changes; nothing is deleted.
CREATE FUNCTION proposal_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval_proposal rows are never deleted (append-only)' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'open' THEN
        RAISE EXCEPTION 'proposal % is decided and never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.store_id, OLD.kind, OLD.subject, OLD.effects, OLD.says, OLD.hash, OLD.proposed_by, OLD.proposed_by_id,
        OLD.proposed_at, OLD.expires_at, OLD.may_be_delayed)
       IS DISTINCT FROM
       (NEW.store_id, NEW.kind, NEW.subject, NEW.effects, NEW.says, NEW.hash, NEW.proposed_by, NEW.proposed_by_id,
        NEW.proposed_at, NEW.expires_at, NEW.may_be_delayed)
       OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at) THEN
        RAISE EXCEPTION 'what proposal % proposes never changes', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER proposal_is_kept BEFORE UPDATE OR DELETE ON approval_proposal
    FOR EACH ROW EXECUTE FUNCTION proposal_is_kept();
CREATE TRIGGER store_policy_is_append_only BEFORE UPDATE OR DELETE ON store_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every policy of a store was granted as such, in that store.
CREATE VIEW inv_policy_without_approval AS
    SELECT s.id FROM store_policy s JOIN approval_proposal p ON p.id = s.proposal_id
    WHERE p.state <> 'granted' OR p.kind <> 'store.policy' OR p.store_id <> s.store_id;
-- What was granted is what was hashed: by another person, or by a lone owner after the store was told and a day passed.
CREATE VIEW inv_proposal_granted_alone AS
    SELECT id FROM approval_proposal
    WHERE state = 'granted'
      AND (decided_by_id IS NULL OR decided_by_id = proposed_by_id)
      AND NOT (may_be_delayed AND told_at IS NOT NULL AND decided_at >= told_at + interval '24 hours');
