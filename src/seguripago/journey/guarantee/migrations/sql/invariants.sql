-- held + released + returned = funded, in the row and in its history.
CREATE VIEW inv_guarantee_parts_differ AS
    SELECT g.id AS guarantee_id, g.funded_centavos, g.held_centavos, g.released_centavos, g.returned_centavos
    FROM guarantee g
    LEFT JOIN (
        SELECT guarantee_id, sum(released_centavos) AS released, sum(returned_centavos) AS returned
        FROM guarantee_event GROUP BY guarantee_id
    ) e ON e.guarantee_id = g.id
    WHERE g.funded_centavos <> g.held_centavos + g.released_centavos + g.returned_centavos
       OR g.released_centavos <> coalesce(e.released, 0)
       OR g.returned_centavos <> coalesce(e.returned, 0);

-- One terminal event for every guarantee that ended, none for one that did not.
CREATE VIEW inv_guarantee_end_differs AS
    SELECT g.id AS guarantee_id, g.state, count(e.id) AS ends
    FROM guarantee g LEFT JOIN guarantee_event e ON e.guarantee_id = g.id AND e.is_terminal
    GROUP BY g.id, g.state
    HAVING count(e.id) <> CASE WHEN g.state IN ('released', 'resolved') THEN 1 ELSE 0 END;

-- The ledger was told, once, of exactly what was released.
CREATE VIEW inv_guarantee_ledger_differs AS
    SELECT g.id AS guarantee_id, g.released_centavos, coalesce(sum(p.centavos), 0) AS booked
    FROM guarantee g
    LEFT JOIN posting p ON p.journal = 'guarantee:' || g.id || ':released' AND p.account = 'due_to_buyer'
    WHERE g.state = 'released'
    GROUP BY g.id, g.released_centavos
    HAVING coalesce(sum(p.centavos), 0) <> g.released_centavos;

-- Only what was paid is promised.
CREATE VIEW inv_guarantee_without_payment AS
    SELECT g.id AS guarantee_id, o.state AS order_state
    FROM guarantee g JOIN shop_order o ON o.id = g.order_id
    WHERE o.paid_at IS NULL OR g.store_id <> o.store_id;
