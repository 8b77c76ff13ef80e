CREATE TRIGGER receipt_anchor_is_append_only BEFORE UPDATE OR DELETE ON receipt_anchor
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was the end of the chain on a day is still there: whoever takes the last receipts out, counter and all, is seen.
CREATE VIEW inv_receipt_anchor_missing AS
    SELECT a.id, a.store_id, a.day
    FROM receipt_anchor a
    LEFT JOIN receipt r ON r.store_id = a.store_id AND r.place = a.receipt_place
    WHERE r.hash IS DISTINCT FROM a.head;

-- An anchor that is missing, or one that is chained to something else than the one before it.
CREATE VIEW inv_receipt_anchor_chain_broken AS
    SELECT a.id, a.store_id, a.day
    FROM (
        SELECT id, store_id, day, place, prev_hash, hash, body,
               lag(hash) OVER (PARTITION BY store_id ORDER BY place) AS hash_before,
               row_number() OVER (PARTITION BY store_id ORDER BY place) AS place_without_gaps
        FROM receipt_anchor
    ) a
    WHERE a.place <> a.place_without_gaps
       OR a.prev_hash <> coalesce(a.hash_before, repeat('0', 64))
       OR a.hash <> encode(
           sha256(convert_to('seguripago-anchors-1' || E'\n' || a.prev_hash || E'\n' || a.body, 'UTF8')), 'hex');

-- The audit, which has a chain of its own, told of every receipt: one that it told of is still what it was.
CREATE VIEW inv_receipt_told_and_missing AS
    SELECT e.id AS entry_id, e.store_id, e.said ->> 'number' AS number
    FROM audit_entry e
    LEFT JOIN receipt r ON r.store_id = e.store_id AND r.number = e.said ->> 'number'
    WHERE e.action = 'receipt.issued' AND (r.id IS NULL OR r.hash <> coalesce(e.said ->> 'hash', r.hash));
