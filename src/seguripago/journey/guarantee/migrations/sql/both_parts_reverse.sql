DROP VIEW inv_guarantee_ledger_differs;
-- The ledger was told, once, of exactly what was released.
CREATE VIEW inv_guarantee_ledger_differs AS
    SELECT g.id AS guarantee_id, g.released_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM guarantee g
    LEFT JOIN posting p ON p.journal = 'guarantee:' || g.id || ':released' AND p.account = 'due_to_buyer'
    WHERE g.state = 'released'
    GROUP BY g.id, g.released_centavos
    HAVING coalesce(sum(p.centavos), 0) <> g.released_centavos;
