-- What people have sent again in bulk: one row a job, worked off by the reconciler a page at a time. Bounds and their
-- reasons: services/api/src/jobs; here they only keep what is impossible out.

create table jobs (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  kind text not null check (kind in ('recover', 'replay', 'all', 'dead_topic')),
  -- Null: all endpoints of the organization.
  endpoint_id bigint,
  since timestamptz(3) not null,
  until timestamptz(3) not null,
  -- Null: all.
  event_types text[],
  per_second double precision not null check (per_second > 0),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'paused', 'done', 'cancelled', 'failed')),
  -- Behind what is acknowledged; null at the beginning.
  position jsonb,
  scanned bigint not null default 0,
  enqueued bigint not null default 0,
  -- Counts by reason.
  skipped jsonb not null default '{}',
  -- Of what will be scanned; null until the job has begun.
  total bigint,
  is_total_estimated boolean not null default false,
  error text,
  -- The API key.
  created_by bigint not null,
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  -- When it was last let go of: whoever has waited longest is next.
  turn_at timestamptz not null default clock_timestamp(),
  -- Which claim it is, from 1; until when it holds.
  lease_number integer not null default 0,
  lease_until timestamptz,
  foreign key (org_id, endpoint_id) references endpoints (org_id, id),
  check (endpoint_id is not null or kind = 'dead_topic'),
  check (until >= since)
);
create index jobs_newest on jobs (org_id, created_at desc, id);
-- Few rows: what is looked at every second.
create index jobs_unfinished on jobs (turn_at, id) where state in ('waiting', 'running');

-- What died, by when the automatic attempts ended; a delivery that only a person had sent has none, and counts from its making.
create index deliveries_dead on deliveries (org_id, endpoint_id, (coalesce(completed_at, created_at)), delivery_id)
  where state = 'dead';
