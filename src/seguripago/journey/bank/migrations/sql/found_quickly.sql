-- What the search box asks: an amount, the end of a CLABE, the start of a key, words of a name or a concept, a bank.
-- Each answers the newest first without reading more than it shows; tests/monitor/test_explain.py proves it.
CREATE INDEX deposit_by_amount ON deposit (store_id, amount_centavos, received_at DESC, id DESC);
CREATE INDEX deposit_by_bank ON deposit (store_id, sending_institution, received_at DESC, id DESC);
CREATE INDEX deposit_by_clabe_end ON deposit (store_id, reverse(clabe) text_pattern_ops);
CREATE INDEX deposit_by_key_start ON deposit (store_id, tracking_key text_pattern_ops);
CREATE INDEX deposit_by_words ON deposit USING gin
    (to_tsvector('simple', translate(lower(payer_name || ' ' || concept), 'áéíóúüñàèìòùäëïöç', 'aeiouunaeiouaeioc')));
