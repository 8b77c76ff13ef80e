DROP VIEW inv_refund_legs_differ, inv_refund_not_booked, inv_refunded_beyond_paid, inv_return_without_refund;
DROP TRIGGER refund_is_kept ON refund;
DROP TRIGGER refund_leg_is_kept ON refund_leg;
DROP FUNCTION refund_is_kept(), refund_leg_is_kept();
