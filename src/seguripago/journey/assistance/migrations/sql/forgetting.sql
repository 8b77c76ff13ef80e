-- What was said stays as it was said, until its time is over: then only that it was said, by which side, when, and the
-- hash of what it was. The row that results is prescribed here, so that forgetting cannot be used to write anything.
CREATE FUNCTION assistance_entry_only_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('seguripago.forgetting', true) = 'on'
       AND ROW (NEW.id, NEW.conversation_id, NEW.seq, NEW.kind, NEW.author_kind, NEW.author_id, NEW.client_id,
                NEW.visibility, NEW.closes, NEW.at)
           IS NOT DISTINCT FROM
           ROW (OLD.id, OLD.conversation_id, OLD.seq, OLD.kind, OLD.author_kind, OLD.author_id, OLD.client_id,
                OLD.visibility, OLD.closes, OLD.at)
       AND NEW.author_name = (CASE WHEN OLD.author_kind = 'buyer' THEN '' ELSE OLD.author_name END)
       AND NEW.body = assistance_forgotten(OLD.body) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'assistance_entry is append-only' USING ERRCODE = 'restrict_violation';
END $$;

-- What is left of a body: its hash, and which card or line it was.
CREATE FUNCTION assistance_forgotten(body jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'forgotten', true,
        'sha256', encode(sha256(convert_to(body::text, 'UTF8')), 'hex'),
        'card', body -> 'card', 'status', body -> 'status', 'event', body -> 'event', 'say', body -> 'say',
        'answer', body -> 'answer'
    ))
$$;

DROP TRIGGER assistance_entry_is_append_only ON assistance_entry;
CREATE TRIGGER assistance_entry_is_append_only BEFORE UPDATE OR DELETE ON assistance_entry
    FOR EACH ROW EXECUTE FUNCTION assistance_entry_only_forgets();
