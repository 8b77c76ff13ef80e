DROP VIEW inv_shipment_lines_differ;
DROP VIEW inv_shipment_sent_too_much;
DROP VIEW inv_shipment_differs_from_order;
DROP TRIGGER shipment_is_kept ON shipment;
DROP FUNCTION shipment_keeps_its_end();
DROP TRIGGER shipment_line_is_within_order ON shipment_line;
DROP FUNCTION shipment_line_fits();
DROP TRIGGER shipment_event_is_append_only ON shipment_event;
DROP TRIGGER shipment_line_is_append_only ON shipment_line;
