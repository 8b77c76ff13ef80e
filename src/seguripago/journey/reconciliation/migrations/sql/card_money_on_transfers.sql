-- What a payment received is what was allocated to it, what cases gave it besides, and what cards brought by its links
-- less what went back to them.
DROP VIEW inv_payment_not_allocated;
CREATE VIEW inv_payment_not_allocated AS
    SELECT p.id, p.received_centavos,
        coalesce(a.centavos, 0) + coalesce(s.centavos, 0) + coalesce(c.centavos, 0) AS allocated
    FROM payment p
    LEFT JOIN (SELECT payment_id, sum(centavos) AS centavos FROM allocation GROUP BY payment_id) a ON a.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(centavos) AS centavos FROM case_part
        WHERE kind IN ('payment', 'difference') GROUP BY payment_id
    ) s ON s.payment_id = p.id
    LEFT JOIN (
        SELECT split_part(journal, ':', 4)::bigint AS payment_id, sum(-centavos) AS centavos FROM posting
        WHERE account = 'due_to_buyer' AND journal ~ '^(charge|card_refund):[0-9]+:payment:[0-9]+$'
        GROUP BY 1
    ) c ON c.payment_id = p.id
    WHERE p.rail = 'transfer'
      AND p.received_centavos <> coalesce(a.centavos, 0) + coalesce(s.centavos, 0) + coalesce(c.centavos, 0);
