CREATE TRIGGER allocation_is_append_only BEFORE UPDATE OR DELETE ON allocation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER verdict_is_append_only BEFORE UPDATE OR DELETE ON verdict
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The parts of a judged deposit add up to it.
CREATE VIEW inv_allocation_not_whole AS
    SELECT v.deposit_id, d.amount_centavos, coalesce(sum(a.centavos), 0) AS allocated
    FROM verdict v JOIN deposit d ON d.id = v.deposit_id LEFT JOIN allocation a ON a.deposit_id = v.deposit_id
    GROUP BY v.deposit_id, d.amount_centavos HAVING d.amount_centavos <> coalesce(sum(a.centavos), 0);
-- What a payment received by transfer is what was allocated to it.
CREATE VIEW inv_payment_not_allocated AS
    SELECT p.id, p.received_centavos, coalesce(sum(a.centavos), 0) AS allocated
    FROM payment p LEFT JOIN allocation a ON a.payment_id = p.id
    WHERE p.rail = 'transfer' GROUP BY p.id HAVING p.received_centavos <> coalesce(sum(a.centavos), 0);
