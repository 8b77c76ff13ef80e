-- What a payment holds is backed, to the centavo, by what was booked for its order, less what the bank took back.
DROP VIEW inv_payment_not_backed;
CREATE VIEW inv_payment_not_backed AS
    SELECT p.id, p.received_centavos, coalesce(sum(-b.centavos), 0) AS booked
    FROM payment p
    LEFT JOIN posting b ON b.account = 'due_to_buyer' AND b.journal LIKE '%:payment:' || p.id
        AND b.subject = 'order:' || p.order_id
    GROUP BY p.id
    HAVING p.received_centavos <> coalesce(sum(-b.centavos), 0);
