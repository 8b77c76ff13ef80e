-- Every number from 1 to the conversation's own is there once: nothing lost, nothing doubled.
CREATE VIEW inv_chat_numbers_have_gaps AS
    SELECT c.id AS conversation_id, c.seq, count(e.id) AS entries, max(e.seq) AS newest
    FROM assistance_conversation c LEFT JOIN assistance_entry e ON e.conversation_id = c.id
    GROUP BY c.id, c.seq
    HAVING count(e.id) <> c.seq OR coalesce(max(e.seq), 0) <> c.seq;

-- A conversation is about an order of its own store.
CREATE VIEW inv_chat_order_of_another_store AS
    SELECT c.id AS conversation_id, c.store_id, o.store_id AS order_store_id
    FROM assistance_conversation c JOIN shop_order o ON o.id = c.order_id
    WHERE c.store_id <> o.store_id;

-- Bank details and links are shown only where number and second proof were shown before.
CREATE VIEW inv_chat_details_without_proof AS
    SELECT d.conversation_id, d.seq
    FROM assistance_entry d
    WHERE d.kind = 'card' AND d.body ->> 'card' IN ('bank_details', 'link', 'confirmation')
      AND NOT EXISTS (
          SELECT FROM assistance_entry v
          WHERE v.conversation_id = d.conversation_id AND v.kind = 'card'
            AND v.body ->> 'card' = 'order_verified' AND v.seq < d.seq
      );
