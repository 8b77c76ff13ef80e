-- What a gateway took was booked, all of it and once: into the payment, or apart for a person.
CREATE VIEW inv_card_charge_not_booked AS
    SELECT c.id AS charge_id, c.state, c.captured_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM card_charge c
    LEFT JOIN posting p ON p.account = 'card_gateway' AND p.journal LIKE 'charge:' || c.id || ':%'
    GROUP BY c.id
    HAVING coalesce(sum(p.centavos), 0) <> c.captured_centavos;

-- A charge is its payment's store's, and its link asked for that very payment.
CREATE VIEW inv_card_charge_of_another AS
    SELECT c.id AS charge_id, c.store_id, c.payment_id, c.link_id
    FROM card_charge c
    JOIN payment p ON p.id = c.payment_id
    LEFT JOIN payment_link l ON l.id = c.link_id
    WHERE c.store_id <> p.store_id OR l.payment_id <> c.payment_id;

-- What a charge is does not change, and no charge is deleted: only what became of it is written.
CREATE FUNCTION card_charge_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'charges are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF ROW (NEW.store_id, NEW.payment_id, NEW.link_id, NEW.gateway, NEW.key, NEW.amount_centavos, NEW.currency,
            NEW.installments, NEW.made_at)
       IS DISTINCT FROM
       ROW (OLD.store_id, OLD.payment_id, OLD.link_id, OLD.gateway, OLD.key, OLD.amount_centavos, OLD.currency,
            OLD.installments, OLD.made_at)
    THEN
        RAISE EXCEPTION 'what a charge is does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'paid' AND NEW.state <> 'paid' THEN
        RAISE EXCEPTION 'a paid charge stays paid' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER card_charge_is_kept BEFORE UPDATE OR DELETE ON card_charge
    FOR EACH ROW EXECUTE FUNCTION card_charge_stays();
