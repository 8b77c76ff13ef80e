CREATE TRIGGER bank_capture_is_append_only BEFORE UPDATE OR DELETE ON bank_capture
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_capture_taken_is_append_only BEFORE UPDATE OR DELETE ON bank_capture_taken
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What counts as decided by two people has its capture, and the capture its granted proposal.
CREATE VIEW inv_capture_without_two_people AS
    SELECT n.id FROM raw_notice n
    WHERE n.authenticity = 'decided'
      AND NOT EXISTS (
        SELECT 1 FROM bank_capture_taken t
        JOIN bank_capture c ON c.id = t.capture_id
        JOIN approval_proposal p ON p.id = c.proposal_id
        WHERE t.notice_id = n.id AND p.state = 'granted' AND c.store_id = n.store_id AND c.body = n.body
      );
