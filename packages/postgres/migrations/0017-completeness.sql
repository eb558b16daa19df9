-- By what a receiver can tell quiet from broken (packages/domain/src/completeness): what an endpoint asked for, what it was
-- told last, and when each reader was heard last. Bounds of the settings and their reasons: services/api/src/webhooks.

alter table endpoints
  -- Null: no heartbeats.
  add column heartbeat_minutes integer check (heartbeat_minutes > 0),
  add column daily_manifest boolean not null default false;
-- The few that ask for any: looked through every few seconds.
create index endpoints_signals on endpoints (id)
  where (heartbeat_minutes is not null or daily_manifest) and state = 'active' and deleted_at is null;

-- Locked by whoever sends: one sender at a time.
create table endpoint_signals (
  endpoint_id bigint primary key,
  org_id bigint not null,
  heartbeat_slot_at timestamptz(3),
  -- Where the period that it told of ended.
  heartbeat_until timestamptz(3),
  manifest_day_at timestamptz(3),
  -- What the log took before this counts in it.
  manifest_cut_at timestamptz(3),
  check ((heartbeat_slot_at is null) = (heartbeat_until is null)),
  check ((manifest_day_at is null) = (manifest_cut_at is null)),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);

-- Written by producers every few seconds for readers that were heard; an update stays on its page.
create table device_sightings (
  org_id bigint not null,
  scan_device_id bigint not null,
  last_heard_at timestamptz(3) not null,
  -- Silence after which it counts as offline, as its scan points had it then; null: it is not asked.
  offline_ms bigint,
  primary key (org_id, scan_device_id),
  foreign key (org_id, scan_device_id) references scan_devices (org_id, id)
) with (fillfactor = 70);

-- Few rows at any time: what of an endpoint waits.
create index deliveries_pending on deliveries (org_id, endpoint_id, created_at) where state = 'pending';
