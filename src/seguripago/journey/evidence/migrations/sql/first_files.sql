-- What was kept before: data is read at once, every scanner had looked, and a file has whoever showed it first.
UPDATE evidence SET state = 'read'
 WHERE state = 'clean' AND (kind = 'cep' OR seal <> 'none' OR seal_digest <> '' OR fields <> '{}'::jsonb);
UPDATE evidence SET looked_at = kept_at;
INSERT INTO evidence_mark (kind, digest, store_id, order_id, at)
SELECT DISTINCT ON (sha256) 'file', sha256, store_id, order_id, kept_at FROM evidence ORDER BY sha256, id;
-- Deferred foreign keys are checked now: the same transaction changes the table next.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
