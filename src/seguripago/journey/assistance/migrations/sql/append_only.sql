-- What was said stays as it was said; a card is answered by a newer entry.
CREATE TRIGGER assistance_entry_is_append_only BEFORE UPDATE OR DELETE ON assistance_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER assistance_consent_is_append_only BEFORE UPDATE OR DELETE ON assistance_consent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
