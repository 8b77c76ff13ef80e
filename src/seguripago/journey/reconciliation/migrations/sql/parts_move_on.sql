-- A part that moves on is taken back by a negative row: never more than was there.
CREATE VIEW inv_allocation_taken_twice AS
    SELECT a.deposit_id, a.payment_id, a.case_id, sum(a.centavos) AS centavos
    FROM allocation a GROUP BY a.deposit_id, a.payment_id, a.case_id HAVING sum(a.centavos) < 0;
-- What the bank took back pays nothing, once reconciliation has heard of it.
CREATE VIEW inv_returned_deposit_still_counts AS
    SELECT c.deposit_id, p.id AS payment_id, sum(a.centavos) AS centavos
    FROM reconciliation_case c
    JOIN allocation a ON a.deposit_id = c.deposit_id
    JOIN payment p ON p.id = a.payment_id
    WHERE c.kind = 'reversed' AND p.state NOT IN ('refunded', 'partly_refunded')
    GROUP BY c.deposit_id, p.id HAVING sum(a.centavos) <> 0;
