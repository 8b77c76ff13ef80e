-- A deposit is what somebody whom we believe attested; what was only announced moves to its own table.
DROP VIEW IF EXISTS inv_verdict_without_arrival;
DROP VIEW inv_arrival_not_booked;
ALTER TABLE deposit DISABLE TRIGGER deposit_is_append_only;
ALTER TABLE deposit_attestation DISABLE TRIGGER deposit_attestation_is_append_only;
UPDATE deposit d SET feed = a.feed FROM deposit_arrival a WHERE a.deposit_id = d.id;
INSERT INTO deposit_announcement (store_id, identity, owner_account, sending_institution, tracking_key, operation_date,
    amount_centavos, currency, clabe, is_own_account, payer_name, payer_account, payer_rfc, concept, reference,
    settled_at, received_at, feed, notice_id)
SELECT d.store_id, d.identity, d.owner_account, d.sending_institution, d.tracking_key, d.operation_date,
    d.amount_centavos, d.currency, d.clabe, d.is_own_account, d.payer_name, d.payer_account, d.payer_rfc, d.concept,
    d.reference, d.settled_at, d.received_at, t.feed, t.notice_id
FROM deposit d
JOIN LATERAL (
    SELECT feed, notice_id FROM deposit_attestation WHERE deposit_id = d.id ORDER BY notice_id LIMIT 1
) t ON true
WHERE NOT EXISTS (SELECT 1 FROM deposit_arrival a WHERE a.deposit_id = d.id);
DELETE FROM deposit_attestation t WHERE NOT EXISTS (SELECT 1 FROM deposit_arrival a WHERE a.deposit_id = t.deposit_id);
DELETE FROM deposit d WHERE NOT EXISTS (SELECT 1 FROM deposit_arrival a WHERE a.deposit_id = d.id);
DROP TABLE deposit_arrival;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE deposit ENABLE TRIGGER deposit_is_append_only;
ALTER TABLE deposit_attestation ENABLE TRIGGER deposit_attestation_is_append_only;
CREATE TRIGGER deposit_announcement_is_append_only BEFORE UPDATE OR DELETE ON deposit_announcement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every deposit is booked, with its own amount, once.
CREATE VIEW inv_deposit_not_booked AS
    SELECT d.id FROM deposit d
    WHERE NOT EXISTS (
        SELECT 1 FROM posting p
        WHERE p.journal = 'deposit:' || d.id || ':arrived' AND p.account = 'bank' AND p.centavos = d.amount_centavos
    );
-- A deposit counts only when a notice whom we believe attests it with its own amount.
CREATE VIEW inv_deposit_not_attested AS
    SELECT d.id FROM deposit d
    WHERE NOT EXISTS (SELECT 1 FROM deposit_attestation t WHERE t.deposit_id = d.id AND t.believed AND t.agrees);
