-- Requests by hour, endpoint and event type, counted while the log is written (packages/postgres/src/usage-hours.ts): statistics
-- of a day to a month are read from here and not from the log, which is as large as what was sent. docs/adr/0024.

create table usage_hours (
  org_id bigint not null,
  endpoint_id bigint not null,
  -- Begin of the hour, in UTC, in which the requests began.
  hour timestamptz(0) not null,
  event_type text not null,
  -- Requests by what came of them, in the order of packages/domain/src/usage/request-kinds.ts.
  kinds integer[] not null check (cardinality(kinds) = 14),
  -- Those that were answered or timed out, by how long they took (packages/domain/src/usage/latency-histogram.ts).
  latencies integer[] not null check (cardinality(latencies) = 30),
  primary key (org_id, endpoint_id, hour, event_type)
-- Rows of this hour change some times a second: a third of a page is room for the next versions, so that no index has to follow.
) with (fillfactor = 67);
-- To forget by.
create index usage_hours_hour on usage_hours (hour);

-- From which hour on all requests are counted: one row. What was recorded before is not: to read a log of ten million attempts
-- takes minutes, in which an upgrade would stand. Until two hours from now recorders of the version before may still be writing.
create table usage_hours_begin (
  is_only boolean primary key default true check (is_only),
  hour timestamptz(0) not null
);
insert into usage_hours_begin (hour)
  select case when exists (select from attempts) then date_trunc('hour', now()) + interval '2 hours' else 'epoch' end;
