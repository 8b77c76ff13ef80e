-- Promises that are held already get the clocks that the next ones are born with.
UPDATE guarantee SET next_step = 'ship_soon', next_at = ship_by - interval '1 day'
    WHERE state = 'held' AND inspection_ends_at IS NULL;
UPDATE guarantee SET next_step = 'inspection_soon', next_at = inspection_ends_at - interval '1 day'
    WHERE state = 'held' AND inspection_ends_at IS NOT NULL;
