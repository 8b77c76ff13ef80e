DROP VIEW inv_card_apart_differs;
CREATE VIEW inv_card_apart_differs AS
    SELECT c.id AS charge_id, c.apart_centavos, coalesce(k.centavos, 0) - coalesce(g.centavos, 0) AS told
    FROM card_charge c
    LEFT JOIN (
        SELECT split_part(journal, ':', 2)::bigint AS charge_id, -sum(centavos) AS centavos FROM posting
        WHERE account = 'suspense' AND journal ~ '^charge:[0-9]+:unplaced$' GROUP BY 1
    ) k ON k.charge_id = c.id
    LEFT JOIN (
        SELECT split_part(t.cause, ':', 2)::bigint AS charge_id, sum(p.centavos) AS centavos
        FROM case_part p JOIN reconciliation_case t ON t.id = p.case_id
        WHERE t.cause LIKE 'charge:%' AND p.kind IN ('payment', 'write_off', 'not_ours') GROUP BY 1
    ) g ON g.charge_id = c.id
    WHERE c.apart_centavos <> coalesce(k.centavos, 0) - coalesce(g.centavos, 0);
