CREATE TRIGGER raw_notice_is_append_only BEFORE UPDATE OR DELETE ON raw_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposit_is_append_only BEFORE UPDATE OR DELETE ON deposit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposit_arrival_is_append_only BEFORE UPDATE OR DELETE ON deposit_arrival
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposit_attestation_is_append_only BEFORE UPDATE OR DELETE ON deposit_attestation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every arrived deposit is booked, with its own amount, once.
CREATE VIEW inv_arrival_not_booked AS
    SELECT a.deposit_id FROM deposit_arrival a JOIN deposit d ON d.id = a.deposit_id
    WHERE NOT EXISTS (
        SELECT 1 FROM posting p
        WHERE p.journal = 'deposit:' || d.id || ':arrived' AND p.account = 'bank' AND p.centavos = d.amount_centavos
    );
-- Every kept notice is waiting to be read or has its reading.
CREATE VIEW inv_notice_forgotten AS
    SELECT n.id FROM raw_notice n
    WHERE NOT EXISTS (SELECT 1 FROM raw_notice_unread u WHERE u.notice_id = n.id)
      AND NOT EXISTS (SELECT 1 FROM notice_reading r WHERE r.notice_id = n.id);
