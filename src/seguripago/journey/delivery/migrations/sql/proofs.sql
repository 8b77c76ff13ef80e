CREATE TRIGGER shipment_proof_is_append_only BEFORE UPDATE OR DELETE ON shipment_proof
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
