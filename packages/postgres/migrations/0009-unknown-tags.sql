-- Tags that readers see and nobody has registered, counted by the producer, so that somebody can. Bounded per organization
-- (packages/postgres/src/unknown-tags.ts). Rows are updated every few seconds and carry no index beside the key, so that
-- an update stays on its page.

create table unknown_tags (
  org_id bigint not null references organizations (id),
  match_key text not null check (length(match_key) between 1 and 255),
  -- As it was read last.
  value text not null,
  tag_type text,
  reads bigint not null,
  first_seen_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  -- As upstream names it: the reader need not be known either.
  last_device_key text not null,
  last_antenna_port integer not null,
  rssi_max_cdbm integer,
  primary key (org_id, match_key)
) with (fillfactor = 70);
