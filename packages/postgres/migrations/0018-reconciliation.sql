-- What the reconciler found of each hour of each organization's events, and the index by which it finds what waits too long.

create table reconciliations (
  org_id bigint not null,
  -- The hour in which the events came in.
  hour timestamptz(3) not null,
  checked_at timestamptz(3) not null,
  events bigint not null,
  -- Pairs of event and endpoint that certainly had to become a delivery; the rest of the columns count pairs, too.
  expected bigint not null,
  delivered bigint not null,
  dead bigint not null,
  waiting bigint not null,
  unsure bigint not null,
  missing bigint not null,
  overdue bigint not null,
  requeued bigint not null,
  primary key (org_id, hour)
);
create index reconciliations_hour on reconciliations (hour);

-- Few rows at any time: deliveries that wait, by when they are due.
create index deliveries_due on deliveries (next_attempt_at, delivery_id) where state = 'pending';
-- Fewer still are those that a person had sent again.
create index deliveries_sent_again on deliveries (delivery_id) where manual_chains is not null;
