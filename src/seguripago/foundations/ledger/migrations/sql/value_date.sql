-- The bank's day of a posting; what is booked by hand without one has the day on which it is booked, in Mexico.
ALTER TABLE posting ADD COLUMN value_date date NOT NULL DEFAULT (now() AT TIME ZONE 'America/Mexico_City')::date;
ALTER TABLE posting DISABLE TRIGGER posting_is_append_only;
UPDATE posting SET value_date = (at AT TIME ZONE 'America/Mexico_City')::date;
ALTER TABLE posting ENABLE TRIGGER posting_is_append_only;
