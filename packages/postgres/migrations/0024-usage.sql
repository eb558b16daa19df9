-- What was sent, by day, counted while the log is written (packages/postgres/src/usage.ts): outlives the log, and is read
-- without looking at it. Attempts that were recorded before this migration are not counted.

create table usage_days (
  org_id bigint not null,
  -- UTC, in which the attempts began.
  day date not null,
  endpoint_id bigint not null,
  -- First requests for an event.
  events bigint not null,
  -- Requests, once for each delivery that they carried.
  attempts bigint not null,
  -- Ends of deliveries; dead: for any reason but the two that follow.
  delivered bigint not null,
  dead bigint not null,
  expired bigint not null,
  superseded bigint not null,
  -- Requests by how long they took (packages/domain/src/usage/latency-histogram.ts).
  latencies integer[] not null check (cardinality(latencies) = 30),
  primary key (org_id, day, endpoint_id)
-- Rows of today change some times a second: half of a page is room for the next versions, so that no index has to follow.
) with (fillfactor = 50);

create table usage_event_days (
  org_id bigint not null,
  -- UTC, on which the events came in.
  day date not null,
  events bigint not null,
  primary key (org_id, day)
) with (fillfactor = 50);
