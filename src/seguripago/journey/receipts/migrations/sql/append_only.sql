CREATE TRIGGER receipt_is_append_only BEFORE UPDATE OR DELETE ON receipt
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A receipt that is missing, or one that is chained to something else than the one before it.
CREATE VIEW inv_receipt_chain_broken AS
    SELECT r.id, r.store_id, r.number
    FROM (
        SELECT id, store_id, number, place, prev_hash,
               lag(hash) OVER (PARTITION BY store_id ORDER BY place) AS hash_before,
               row_number() OVER (PARTITION BY store_id ORDER BY place) AS place_without_gaps
        FROM receipt
    ) r
    WHERE r.place <> r.place_without_gaps OR r.prev_hash <> coalesce(r.hash_before, repeat('0', 64));

-- The counter remembers the end of the chain: whoever removes the last receipt is seen too.
CREATE VIEW inv_receipt_end_missing AS
    SELECT c.store_id, c.last_place
    FROM receipt_counter c
    LEFT JOIN receipt r ON r.store_id = c.store_id AND r.place = c.last_place
    WHERE c.last_place > 0 AND r.hash IS DISTINCT FROM c.last_hash;

-- The hash is of this body and of no other.
CREATE VIEW inv_receipt_hash_differs AS
    SELECT id, store_id, number FROM receipt
    WHERE hash <> encode(
        sha256(convert_to('seguripago-receipt-1' || E'\n' || prev_hash || E'\n' || body, 'UTF8')), 'hex');
