-- The ledger was told, once, of exactly what went to the store and of exactly what went to the buyer.
DROP VIEW inv_guarantee_ledger_differs;
CREATE VIEW inv_guarantee_ledger_differs AS
    SELECT g.id AS guarantee_id, part.name AS part, part.centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM guarantee g
    CROSS JOIN LATERAL (
        VALUES ('released', g.released_centavos), ('returned', g.returned_centavos)
    ) AS part (name, centavos)
    LEFT JOIN posting p
        ON p.journal = 'guarantee:' || g.id || ':' || part.name AND p.account = 'due_to_buyer'
    GROUP BY g.id, part.name, part.centavos
    HAVING coalesce(sum(p.centavos), 0) <> part.centavos;
