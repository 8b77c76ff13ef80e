-- A confirmed payment is backed, to the centavo, by money that was booked for its order.
CREATE VIEW inv_payment_not_backed AS
    SELECT p.id, p.received_centavos, coalesce(sum(-b.centavos), 0) AS booked
    FROM payment p
    LEFT JOIN posting b ON b.account = 'due_to_buyer' AND b.centavos < 0 AND b.journal LIKE '%:payment:' || p.id
        AND b.subject = 'order:' || p.order_id
    GROUP BY p.id
    HAVING p.received_centavos <> coalesce(sum(-b.centavos), 0);
-- An order is paid when one of its payments is confirmed, and only then.
CREATE VIEW inv_order_paid_without_payment AS
    SELECT o.id FROM shop_order o
    WHERE o.state IN ('paid', 'preparing', 'shipped', 'delivered', 'closed')
      AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_id = o.id AND p.confirmed_at IS NOT NULL);
CREATE VIEW inv_payment_confirmed_order_unpaid AS
    SELECT p.id FROM payment p JOIN shop_order o ON o.id = p.order_id
    WHERE p.state = 'confirmed' AND o.state IN ('placed', 'verified', 'expired');
