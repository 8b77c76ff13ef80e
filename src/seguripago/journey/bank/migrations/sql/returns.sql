CREATE TRIGGER deposit_return_is_append_only BEFORE UPDATE OR DELETE ON deposit_return
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the bank took back has left its account, once, with the deposit's own amount.
CREATE VIEW inv_deposit_return_not_booked AS
    SELECT r.deposit_id FROM deposit_return r JOIN deposit d ON d.id = r.deposit_id
    WHERE NOT EXISTS (
        SELECT 1 FROM posting p
        WHERE p.journal = 'deposit:' || d.id || ':returned' AND p.account = 'bank' AND p.centavos = -d.amount_centavos
    );
