CREATE TRIGGER evidence_verdict_is_append_only BEFORE UPDATE OR DELETE ON evidence_verdict
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A verdict speaks of a comprobante of its own order and store, and of a deposit of that store.
CREATE VIEW inv_evidence_verdict_astray AS
    SELECT v.id FROM evidence_verdict v
    JOIN evidence e ON e.id = v.evidence_id
    LEFT JOIN deposit d ON d.id = v.deposit_id
    WHERE e.order_id <> v.order_id OR e.store_id <> v.store_id OR d.store_id <> v.store_id;

-- How a comprobante stands is its newest verdict.
CREATE VIEW inv_evidence_watch_behind AS
    SELECT w.evidence_id FROM evidence_watch w
    WHERE EXISTS (SELECT 1 FROM evidence_verdict v WHERE v.evidence_id = w.evidence_id AND v.id > w.verdict_id)
        OR NOT EXISTS (SELECT 1 FROM evidence_verdict v WHERE v.id = w.verdict_id AND v.evidence_id = w.evidence_id);
