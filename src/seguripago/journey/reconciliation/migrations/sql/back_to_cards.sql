-- What cases had given away of cards' money before charges counted it: to the charge's own payment, or elsewhere.
UPDATE card_charge c SET apart_centavos = greatest(0, c.apart_centavos - gone.centavos),
        elsewhere_centavos = least(c.apart_centavos, gone.elsewhere)
    FROM (
        SELECT split_part(k.cause, ':', 2)::bigint AS charge_id, sum(p.centavos) AS centavos,
            sum(CASE WHEN p.payment_id IS DISTINCT FROM k.payment_id THEN p.centavos ELSE 0 END) AS elsewhere
        FROM case_part p JOIN reconciliation_case k ON k.id = p.case_id
        WHERE k.cause LIKE 'charge:%' AND p.kind IN ('payment', 'write_off', 'not_ours') GROUP BY 1
    ) gone
    WHERE gone.charge_id = c.id;

-- What a case still holds, as before; money of a card goes back to it, and is the case's again when it did not arrive.
CREATE OR REPLACE FUNCTION case_left(asked bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN c.kind = 'reversed' THEN 0 ELSE
        coalesce((SELECT sum(a.centavos) FROM allocation a WHERE a.case_id = c.id), 0)
        + CASE WHEN c.cause LIKE 'charge:%' THEN c.amount_centavos ELSE 0 END
        - coalesce((
            SELECT sum(CASE WHEN p.kind = 'card_back' THEN -p.centavos ELSE p.centavos END)
            FROM case_part p LEFT JOIN return_instruction r ON r.id = p.instruction_id
            WHERE p.case_id = c.id AND p.kind IN ('payment', 'return', 'write_off', 'not_ours', 'card', 'card_back')
              AND coalesce(r.state, '') <> 'failed'
        ), 0)
        END::bigint
    FROM reconciliation_case c WHERE c.id = asked
$$;

-- What is kept apart of a charge is what the ledger was told, less what its case gave to payments or wrote off.
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

-- What left a case for a card left by a refund of that case's charge, under the authority of that refund.
CREATE VIEW inv_case_card_part_of_another AS
    SELECT p.id FROM case_part p
    JOIN reconciliation_case c ON c.id = p.case_id JOIN card_refund r ON r.id = p.card_refund_id
    WHERE c.cause NOT LIKE 'charge:' || r.charge_id || ':%' OR p.proposal_id IS DISTINCT FROM r.proposal_id;
