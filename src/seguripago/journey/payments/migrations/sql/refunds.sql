-- What a payment says that it gave back is what was booked, to the centavo.
CREATE VIEW inv_payment_refunded_differs AS
    SELECT p.id AS payment_id, p.refunded_centavos, coalesce(sum(b.centavos), 0) AS booked
    FROM payment p
    LEFT JOIN posting b ON b.subject = 'order:' || p.order_id AND b.account = 'refunds'
        AND (b.journal LIKE '%:refunded' OR b.journal LIKE '%:came\_back')
    WHERE p.state IN ('confirmed', 'refunded', 'partly_refunded', 'charged_back')
    GROUP BY p.id
    HAVING p.refunded_centavos <> coalesce(sum(b.centavos), 0);
