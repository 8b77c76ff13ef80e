CREATE TRIGGER day_close_is_append_only BEFORE UPDATE OR DELETE ON day_close
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER day_close_is_never_truncated BEFORE TRUNCATE ON day_close
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER day_check_is_append_only BEFORE UPDATE OR DELETE ON day_check
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A close that is missing, or one that is chained to something else than the one before it.
CREATE VIEW inv_day_close_chain_broken AS
    SELECT c.id, c.store_id, c.day
    FROM (
        SELECT id, store_id, day, place, prev_hash,
               lag(hash) OVER (PARTITION BY store_id ORDER BY place) AS hash_before,
               lag(day) OVER (PARTITION BY store_id ORDER BY place) AS day_before,
               row_number() OVER (PARTITION BY store_id ORDER BY place) AS place_without_gaps
        FROM day_close
    ) c
    WHERE c.place <> c.place_without_gaps OR c.prev_hash <> coalesce(c.hash_before, repeat('0', 64))
       OR c.day <= c.day_before;

-- The end of the chain is remembered apart: whoever removes the last close is seen too.
CREATE VIEW inv_day_close_end_missing AS
    SELECT e.store_id, e.last_place FROM day_close_end e
    LEFT JOIN day_close c ON c.store_id = e.store_id AND c.place = e.last_place
    WHERE e.last_place > 0 AND c.hash IS DISTINCT FROM e.last_hash
    UNION ALL
    SELECT c.store_id, c.place FROM day_close c
    WHERE NOT EXISTS (SELECT 1 FROM day_close_end e WHERE e.store_id = c.store_id AND e.last_place >= c.place);

-- The hash is of this body and of no other, and the body speaks of this very row.
CREATE VIEW inv_day_close_hash_differs AS
    SELECT id, store_id, day FROM day_close
    WHERE hash <> encode(
            sha256(convert_to('seguripago-close-1' || E'\n' || prev_hash || E'\n' || body, 'UTF8')), 'hex')
       OR body::jsonb ->> 'day' <> day::text
       OR (body::jsonb ->> 'place')::int <> place
       OR (body::jsonb ->> 'booked_up_to')::bigint <> booked_up_to
       OR (body::jsonb -> 'unexplained' ->> 'MXN')::bigint <> unexplained_centavos
       OR body::jsonb ->> 'standing' <> standing;

-- What a close says of the bank's account is still what the ledger says up to the same posting.
CREATE VIEW inv_day_close_differs_from_ledger AS
    SELECT c.id, c.store_id, c.day, c.booked_up_to
    FROM day_close c
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.centavos), 0) AS centavos FROM posting p
        WHERE p.store_id = c.store_id AND p.account = 'bank' AND p.currency = 'MXN'
          AND p.id <= c.booked_up_to AND p.value_date <= c.day
    ) booked
    WHERE (c.body::jsonb -> 'bank' ->> 'closing')::bigint <> booked.centavos;
