-- By what people ask the log most, each answered from an index in the order of its list, over all days. The recorder pays
-- for each full index with every row; so there are three new ones, and what is sought among failures is partial: the rows
-- that went well are not in it. A column behind those of the order is compared within the index, before a row is fetched:
-- that is enough for what is asked less, and costs some bytes instead of an index.

-- The newest, now also by event type: of a type that never comes 600,000 entries are read in 20 ms, and no row.
drop index deliveries_newest;
create index deliveries_newest on deliveries (org_id, created_at desc, delivery_id, event_type);

-- Waiting and dead deliveries of an organization, as they are shown (packages/postgres/src/deliveries.ts; the expression must
-- be the same): about one in fifty. Without it all deliveries are read until fifty of them are found. By webhook, too.
create index deliveries_unsettled on deliveries (org_id,
    (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end),
    created_at desc, delivery_id, endpoint_id)
  where (case when manual_chains is null then state else shown_delivery_state(state, manual_chains) end) <> 'delivered';

-- By the hundreds of the last answer's status, 0 for none (packages/postgres/src/status-class.ts). Of 2xx there are so many
-- that fifty are found at once.
create index deliveries_failed on deliveries (org_id, (coalesce(last_status / 100, 0)), created_at desc, delivery_id, endpoint_id)
  where coalesce(last_status / 100, 0) <> 2;

-- By the last request, for its span of time and for sort=-last_attempt_at: neither follows from the time of creation, because
-- retries go on for days.
create index deliveries_attempted on deliveries (org_id, last_attempt_at desc, delivery_id);

-- Requests, newest first, also by event type. Holds are none. An event is found by deliveries_event and the primary key.
create index attempts_newest on attempts (org_id, started_at desc, delivery_id, attempt_number, disposition, event_type)
  where outcome is not null;

-- The same of one webhook: the most usual question, and its last request may be weeks ago.
create index attempts_endpoint on attempts (org_id, endpoint_id, started_at desc) where outcome is not null;

-- The same by the hundreds of the status; errors are among those with none.
create index attempts_failed on attempts (org_id, (coalesce(status / 100, 0)), started_at desc, endpoint_id)
  where outcome is not null and coalesce(status / 100, 0) <> 2;
