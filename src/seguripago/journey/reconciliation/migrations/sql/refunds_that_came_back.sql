-- What is kept apart of a charge is what the ledger was told — when it came, and of refunds that came back for a payment
-- that was not whole — less what its cases gave to payments or wrote off.
CREATE OR REPLACE VIEW inv_card_apart_differs AS
    SELECT c.id AS charge_id, c.apart_centavos,
        coalesce(k.centavos, 0) + coalesce(b.centavos, 0) - coalesce(g.centavos, 0) AS told
    FROM card_charge c
    LEFT JOIN (
        SELECT split_part(journal, ':', 2)::bigint AS charge_id, -sum(centavos) AS centavos FROM posting
        WHERE account = 'suspense' AND journal ~ '^charge:[0-9]+:unplaced$' GROUP BY 1
    ) k ON k.charge_id = c.id
    LEFT JOIN (
        SELECT r.charge_id, -sum(p.centavos) AS centavos FROM posting p
        JOIN card_refund r ON r.id = split_part(p.journal, ':', 2)::bigint
        WHERE p.account = 'suspense' AND p.journal ~ '^card_refund:[0-9]+:came_back$' GROUP BY 1
    ) b ON b.charge_id = c.id
    LEFT JOIN (
        SELECT split_part(t.cause, ':', 2)::bigint AS charge_id, sum(p.centavos) AS centavos
        FROM case_part p JOIN reconciliation_case t ON t.id = p.case_id
        WHERE t.cause LIKE 'charge:%' AND p.kind IN ('payment', 'write_off', 'not_ours') GROUP BY 1
    ) g ON g.charge_id = c.id
    WHERE c.apart_centavos <> coalesce(k.centavos, 0) + coalesce(b.centavos, 0) - coalesce(g.centavos, 0);

-- What came back before there was a case for it: it is kept apart from now on, and has a case.
UPDATE card_charge c SET apart_centavos = c.apart_centavos + back.centavos FROM (
        SELECT r.charge_id, -sum(p.centavos) AS centavos FROM posting p
        JOIN card_refund r ON r.id = split_part(p.journal, ':', 2)::bigint
        WHERE p.account = 'suspense' AND p.journal ~ '^card_refund:[0-9]+:came_back$' GROUP BY 1
    ) back WHERE back.charge_id = c.id;
INSERT INTO reconciliation_case (store_id, kind, state, cause, payment_id, amount_centavos, currency, reasons, suggestions,
        opened_at, due_at, owner)
    SELECT r.store_id, 'late', 'open', 'charge:' || r.charge_id || ':late:' || r.id, c.payment_id, -p.centavos, r.currency,
        '["Se reembolsó a la tarjeta, y el banco no lo tomó: el dinero volvió."]'::jsonb, '[]'::jsonb, now(),
        now() + interval '24 hours', ''
    FROM posting p JOIN card_refund r ON r.id = split_part(p.journal, ':', 2)::bigint
    JOIN card_charge c ON c.id = r.charge_id
    WHERE p.account = 'suspense' AND p.journal ~ '^card_refund:[0-9]+:came_back$' AND p.centavos < 0
    ON CONFLICT (cause) DO NOTHING;
