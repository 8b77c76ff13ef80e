-- One function for every table whose rows are written once: it refuses UPDATE, DELETE and TRUNCATE.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never % (append-only)', TG_TABLE_NAME, lower(TG_OP) || 'd'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER fact_is_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change();
