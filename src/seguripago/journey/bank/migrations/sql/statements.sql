CREATE TRIGGER statement_piece_is_append_only BEFORE UPDATE OR DELETE ON statement_piece
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_refusal_is_append_only BEFORE UPDATE OR DELETE ON statement_refusal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every line of an imported statement became exactly one thing.
CREATE VIEW inv_statement_line_lost AS
    SELECT s.id, s.rows, s.new + s.known + s.doubtful + s.refused + s.debits AS told
    FROM statement s WHERE s.state = 'done' AND s.rows <> s.new + s.known + s.doubtful + s.refused + s.debits;
-- No line of an imported statement waits for its deposit.
CREATE VIEW inv_statement_row_waits AS
    SELECT r.id FROM statement_row r JOIN statement s ON s.id = r.statement_id
    WHERE s.state = 'done' AND r.state = 'waiting';
-- A line attests a deposit of its own amount, and that deposit's attestations say so.
CREATE VIEW inv_statement_row_attests_another AS
    SELECT r.id FROM statement_row r LEFT JOIN deposit d ON d.id = r.deposit_id
    WHERE r.state = 'attests' AND (
        d.id IS NULL OR d.amount_centavos <> r.amount_centavos OR d.currency <> r.currency OR NOT EXISTS (
            SELECT 1 FROM deposit_attestation a JOIN statement s ON s.notice_id = a.notice_id
            WHERE a.deposit_id = d.id AND s.id = r.statement_id
        )
    );
