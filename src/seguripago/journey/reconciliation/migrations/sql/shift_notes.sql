CREATE TRIGGER shift_note_is_append_only BEFORE UPDATE OR DELETE ON shift_note
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- The queue by kind, and the cases that a search of deposits starts from.
CREATE INDEX case_by_kind ON reconciliation_case (store_id, kind, opened_at DESC, id DESC);
