-- An open claim stops its guarantee; a stopped guarantee has its open claim.
CREATE VIEW inv_claim_open_clock_runs AS
    SELECT c.id AS claim_id, g.state AS guarantee_state
    FROM claim c LEFT JOIN guarantee g ON g.order_id = c.order_id
    WHERE c.state <> 'closed' AND (g.id IS NULL OR g.state IN ('offered', 'held', 'released'));
CREATE VIEW inv_claim_missing AS
    SELECT g.id AS guarantee_id
    FROM guarantee g
    WHERE g.state = 'claimed'
      AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.order_id = g.order_id AND c.state <> 'closed');

-- What a claim ended with is what the guarantee ended with.
CREATE VIEW inv_claim_end_differs AS
    SELECT c.id AS claim_id, c.outcome, g.state AS guarantee_state, g.released_centavos, g.returned_centavos
    FROM claim c JOIN guarantee g ON g.order_id = c.order_id
    WHERE c.outcome IN ('agreed', 'decided')
      AND (g.state <> 'resolved' OR g.released_centavos <> c.to_store_centavos
           OR g.returned_centavos <> c.to_buyer_centavos);

-- Nothing is claimed of another store's order, nor for another amount than the promise answers for.
CREATE VIEW inv_claim_of_another AS
    SELECT c.id AS claim_id
    FROM claim c JOIN shop_order o ON o.id = c.order_id LEFT JOIN guarantee g ON g.order_id = c.order_id
    WHERE o.store_id <> c.store_id OR g.id IS NULL OR g.funded_centavos <> c.of_centavos OR g.currency <> c.currency;
CREATE VIEW inv_claim_line_of_another AS
    SELECT cl.id AS claim_line_id
    FROM claim_line cl JOIN claim c ON c.id = cl.claim_id JOIN shop_order_line l ON l.id = cl.line_id
    WHERE l.order_id <> c.order_id OR cl.pieces > l.quantity;

-- Money is decided, and offered, only under a proposal that was granted: of this claim, or of the store's policies.
CREATE VIEW inv_claim_decision_not_granted AS
    SELECT d.id AS decision_id, p.state
    FROM claim_decision d JOIN claim c ON c.id = d.claim_id LEFT JOIN approval_proposal p ON p.id = d.proposal_id
    WHERE p.id IS NULL OR p.state <> 'granted' OR p.store_id <> c.store_id
       OR (d.way <> 'policy' AND p.subject <> 'claim:' || c.id)
       OR d.of_centavos <> c.of_centavos;
CREATE VIEW inv_claim_offer_not_granted AS
    SELECT f.id AS offer_id, p.state
    FROM claim_offer f JOIN claim c ON c.id = f.claim_id LEFT JOIN approval_proposal p ON p.id = f.proposal_id
    WHERE f.of_centavos <> c.of_centavos
       OR (f.proposal_id IS NOT NULL
           AND (p.id IS NULL OR p.state <> 'granted' OR p.subject <> 'claim:' || c.id OR p.store_id <> c.store_id));

-- An appealed claim says so in its timeline, a closed one too.
CREATE VIEW inv_claim_timeline_differs AS
    SELECT c.id AS claim_id
    FROM claim c
    WHERE (c.appealed_at IS NOT NULL) <> EXISTS (
              SELECT 1 FROM claim_event e WHERE e.claim_id = c.id AND e.kind = 'appealed')
       OR (c.state = 'closed') <> EXISTS (
              SELECT 1 FROM claim_event e WHERE e.claim_id = c.id AND e.kind = 'closed');
