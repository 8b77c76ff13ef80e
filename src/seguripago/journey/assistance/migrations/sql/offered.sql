-- What this room offers to later ones that count many conversations. The columns below are promised: a name that is here
-- stays and goes on meaning the same, whatever becomes of the tables. Nothing that opens a conversation is in it.

-- A conversation, one row each.
--   buyer_name, code           how the desk calls it; `code` is what both sides see
--   topic, medium, state       as the conversation keeps them: `waiting`, `assigned`, `resolved`
--   led_by, handed_over        `assistant` or `analyst`; why the assistant called a person, empty while it did not
--   is_message                 left while nobody was there, answered later
--   attended_by                its analyst, or, when it has none any more, who answered first; null: the assistant alone
--   waits_since                since when its buyer waits for a person; null where nobody owes an answer. Whom the
--                              assistant serves well is in no hurry, nor is a message; whoever asked for a person is.
--                              His first unanswered words count: whoever asks again does not begin to wait anew.
--   opened_since               since when it has been open: its start, or when the buyer opened it again
--   first_answer_s, _by        seconds from the start to the first answer of a person, and whose it was. The seconds are
--                              null before it, where the store spoke first (`is_opened_by_staff`) and of a message
--   resolved_at, resolution_s  null while it is open, also when it was closed before; seconds from the start to the close
--   rating, rating_says        one to five, 0: not rated, and what the buyer wrote beside it
--   order_…                    of the order that it is about, null or empty before number and second proof agreed
CREATE VIEW assistance_talk AS
    SELECT c.id, c.store_id, c.team_id, c.code, c.buyer_name, c.topic, c.medium, c.state, c.led_by, c.handed_over,
           c.is_message, c.is_opened_by_staff, c.analyst_id, c.analyst_name,
           coalesce(c.analyst_id, c.first_answer_by_id) AS attended_by,
           c.started_at, c.waiting_since AS opened_since,
           CASE
               WHEN c.state = 'resolved' OR c.last_staff_at >= c.last_buyer_at THEN NULL
               WHEN (c.led_by = 'assistant' OR c.is_message) AND c.handed_over = '' THEN NULL
               WHEN c.state = 'waiting' THEN c.waiting_since
               ELSE coalesce(c.owed_since, c.last_buyer_at)
           END AS waits_since,
           CASE WHEN NOT c.is_opened_by_staff AND NOT c.is_message
               THEN extract(epoch FROM c.first_answer_at - c.started_at)::float
           END AS first_answer_s,
           c.first_answer_by_id AS first_answer_by, c.identified_at,
           c.resolved_at, extract(epoch FROM c.resolved_at - c.started_at)::float AS resolution_s,
           c.rating, c.rating_says, c.rated_at,
           c.order_id, c.order_number, o.state AS order_state, o.accepted_at AS order_accepted_at,
           o.paid_at AS order_paid_at
    FROM assistance_conversation c LEFT JOIN shop_order o ON o.id = c.order_id;

-- Each time that the assistant called a person, and why: asked, cancel, tries, checks, correction, order_over, refused.
CREATE VIEW assistance_hand_over AS
    SELECT e.conversation_id, substr(e.body ->> 'say', 13) AS reason, e.at
    FROM assistance_entry e
    WHERE e.author_kind = 'assistant' AND (e.body ->> 'say') LIKE 'handed\_over\_%';
