-- A link is of its payment: its store is the payment's, and it asks for what is missing, or for a part of that.
CREATE FUNCTION link_asks_what_is_missing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whole bigint;
    received bigint;
    store bigint;
BEGIN
    SELECT amount_centavos, received_centavos, store_id INTO whole, received, store
    FROM payment WHERE id = NEW.payment_id;
    IF NEW.store_id <> store OR NEW.target_centavos <> received + NEW.amount_centavos
        OR (NEW.purpose = 'deposit' AND NEW.target_centavos >= whole)
        OR (NEW.purpose <> 'deposit' AND NEW.target_centavos <> whole) THEN
        RAISE EXCEPTION 'link_asks_what_is_missing: % of % after % of %', NEW.amount_centavos, NEW.purpose, received, whole
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER link_asks_what_is_missing BEFORE INSERT ON payment_link
    FOR EACH ROW EXECUTE FUNCTION link_asks_what_is_missing();

-- What a link asks is written once, and what ended stays ended; only money that the bank took back undoes «paid».
CREATE FUNCTION link_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.payment_id, NEW.store_id, NEW.handle, NEW.purpose, NEW.amount_centavos, NEW.target_centavos,
            NEW.order_version, NEW.phrase, NEW.made_at, NEW.made_by)
        IS DISTINCT FROM
        ROW(OLD.payment_id, OLD.store_id, OLD.handle, OLD.purpose, OLD.amount_centavos, OLD.target_centavos,
            OLD.order_version, OLD.phrase, OLD.made_at, OLD.made_by) THEN
        RAISE EXCEPTION 'link_keeps_its_word: what link % asks is written once', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        OLD.state = 'active'
        OR (OLD.state = 'opened' AND NEW.state <> 'active')
        OR (OLD.state = 'paid' AND NEW.state = 'revoked')) THEN
        RAISE EXCEPTION 'link_keeps_its_word: link % is % and cannot be %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER link_keeps_its_word BEFORE UPDATE ON payment_link
    FOR EACH ROW EXECUTE FUNCTION link_keeps_its_word();
CREATE TRIGGER link_open_is_append_only BEFORE UPDATE OR DELETE ON payment_link_open
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A paid link is backed: its payment received at least what the link leads to.
CREATE VIEW inv_link_paid_not_received AS
    SELECT l.id, l.target_centavos, p.received_centavos
    FROM payment_link l JOIN payment p ON p.id = l.payment_id
    WHERE l.state = 'paid' AND p.received_centavos < l.target_centavos;
-- A link whose money is there asks nobody any more.
CREATE VIEW inv_link_live_reached AS
    SELECT l.id, l.target_centavos, p.received_centavos
    FROM payment_link l JOIN payment p ON p.id = l.payment_id
    WHERE l.state IN ('active', 'opened') AND p.received_centavos >= l.target_centavos;
-- What two paid links of a payment asked for are different centavos: nobody paid the same twice.
CREATE VIEW inv_link_paid_twice AS
    SELECT a.payment_id, a.id AS one, b.id AS other
    FROM payment_link a JOIN payment_link b ON b.payment_id = a.payment_id AND b.id > a.id
    WHERE a.state = 'paid' AND b.state = 'paid'
      AND int8range(a.target_centavos - a.amount_centavos, a.target_centavos)
       && int8range(b.target_centavos - b.amount_centavos, b.target_centavos);
-- A link leads to what its payment asks for, a deposit to less.
CREATE VIEW inv_link_asks_otherwise AS
    SELECT l.id, l.purpose, l.target_centavos, p.amount_centavos
    FROM payment_link l JOIN payment p ON p.id = l.payment_id
    WHERE l.store_id <> p.store_id
       OR (l.purpose = 'deposit' AND l.target_centavos >= p.amount_centavos)
       OR (l.purpose <> 'deposit' AND l.target_centavos <> p.amount_centavos);
