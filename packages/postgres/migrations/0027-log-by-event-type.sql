-- What took longest of ten million deliveries. Counting rows by an expression fetches each of them: an index alone answers
-- only where the expression is its condition (one index a state), or where it has the column, too (the status).

-- Deliveries of one event type, newest first. Behind the order (deliveries_newest) it is compared entry by entry: 0.25 s for
-- a rare type among the two million deliveries of an organization. Of several types the newest are still found there.
create index deliveries_event_type on deliveries (org_id, event_type, created_at desc, delivery_id);

-- By the state that is shown (packages/postgres/src/deliveries.ts; the expression must be the same). Together they have the
-- entries of the one that they replace.
drop index deliveries_unsettled;
create index deliveries_shown_dead on deliveries (org_id, created_at desc, delivery_id, endpoint_id)
  where (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end) = 'dead';
create index deliveries_shown_pending on deliveries (org_id, created_at desc, delivery_id, endpoint_id)
  where (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end) = 'pending';

-- By the hundreds of the last answer's status, 0 for none (packages/postgres/src/status-class.ts).
drop index deliveries_failed;
create index deliveries_failed on deliveries (org_id, (coalesce(last_status / 100, 0)), created_at desc, delivery_id, endpoint_id)
  include (last_status)
  where coalesce(last_status / 100, 0) <> 2;

-- Requests without an answer by the kind of error: among those without a status it was looked for row by row.
create index attempts_error on attempts (org_id, error_class, started_at desc, delivery_id, attempt_number)
  where outcome is not null and error_class is not null;
