-- What a close says of the bank's account is still what the ledger says up to the same posting. Each close is compared
-- with the one before it and what was booked in between, so that looking at a year of closes reads the ledger once.
DROP VIEW inv_day_close_differs_from_ledger;
CREATE VIEW inv_day_close_differs_from_ledger AS
    SELECT c.id, c.store_id, c.day, c.booked_up_to
    FROM (
        SELECT id, store_id, day, booked_up_to, (body::jsonb -> 'bank' ->> 'closing')::bigint AS closing,
               coalesce(lag((body::jsonb -> 'bank' ->> 'closing')::bigint) OVER before, 0) AS closing_before,
               coalesce(lag(day) OVER before, '-infinity') AS day_before,
               coalesce(lag(booked_up_to) OVER before, 0) AS booked_before
        FROM day_close WINDOW before AS (PARTITION BY store_id ORDER BY place)
    ) c
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.centavos), 0) AS centavos FROM posting p
        WHERE p.store_id = c.store_id AND p.account = 'bank' AND p.currency = 'MXN'
          AND p.value_date > c.day_before AND p.value_date <= c.day AND p.id <= c.booked_up_to
    ) of_its_days
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.centavos), 0) AS centavos FROM posting p
        WHERE p.store_id = c.store_id AND p.account = 'bank' AND p.currency = 'MXN'
          AND p.value_date <= c.day_before AND p.id > c.booked_before AND p.id <= c.booked_up_to
    ) too_late
    WHERE c.closing <> c.closing_before + of_its_days.centavos + too_late.centavos;
