-- Where assets were (asset_scans) and where they are (asset_locations): what the polling API reads and the recorder
-- writes. docs/adr/0008-asset-history.md says why they look like this.

-- `q` looks for a substring in names, keys and tag values. Trigrams are the only index that finds one. A trusted
-- extension: whoever may create tables may have it.
create extension if not exists pg_trgm;

-- One row per `asset.scanned`. By month: an asset's history over a year meets 13 partitions, not 365, and a month is
-- still a part that can be dropped. The key is the whole of what the API reads, in the order in which it reads it: an
-- asset's rows lie far apart in the table and side by side in this index.
create table asset_scans (
  org_id bigint not null,
  asset_id bigint not null,
  -- The partition key: when the event occurred, which is part of the event, so that a replay meets its own row.
  observed_at timestamptz(3) not null,
  event_id uuid not null,
  location_id bigint,
  -- It arrived too late to decide anything.
  is_late boolean not null,
  primary key (org_id, asset_id, observed_at, event_id) include (location_id)
) partition by range (observed_at);
create table asset_scans_default partition of asset_scans default;

-- One row per asset that was ever scanned. Each group of columns is decided by the event with the highest sequence
-- among those that concern it, or is a maximum: a replay changes nothing.
create table asset_locations (
  org_id bigint not null,
  asset_id bigint not null,
  last_seen_at timestamptz(3) not null,
  -- The last location entered, and when. 0: none yet.
  location_id bigint,
  located_at timestamptz(3),
  located_sequence bigint not null,
  -- The last exit. The asset is absent while this is the later of the two.
  left_at timestamptz(3),
  left_sequence bigint not null,
  -- The last scan at a point without a location, and the first with one after it: such a scan ends the dwell.
  nowhere_sequence bigint not null,
  resumed_at timestamptz(3),
  resumed_sequence bigint not null,
  -- As in assets; here, too, so that a list needs no look at a million assets to leave out the deleted ones.
  asset_deleted_at timestamptz(3),
  primary key (org_id, asset_id)
) with (
  -- last_seen_at moves with every read: thousands of dead rows a second, which the default of a fifth of the table
  -- would let grow to hundreds of thousands.
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 0
);
create index asset_locations_last_seen on asset_locations (org_id, last_seen_at, asset_id);
create index asset_locations_location on asset_locations (org_id, location_id, last_seen_at, asset_id);

create index assets_text on assets using gin (name gin_trgm_ops, external_key gin_trgm_ops);
create index tags_text on tags using gin (value gin_trgm_ops) where deleted_at is null;

-- Days and months alike: makes the partition of [from_at, to_at). Idempotent; true when it was made now. Rows of that
-- span that wait in the default partition move over, without which PostgreSQL would refuse to attach.
create function ensure_partition(parent text, part text, from_at timestamptz, to_at timestamptz) returns boolean
  language plpgsql
as $$
declare
  partition_column text;
begin
  if to_regclass(part) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext('scanhook partition'), hashtext(parent));
  if to_regclass(part) is not null then
    return false;
  end if;
  select attname into strict partition_column
    from pg_partitioned_table
    join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
    where partrelid = parent::regclass;
  execute format('create table %I (like %I including defaults including constraints including indexes)', part, parent);
  execute format('lock table %I in access exclusive mode', parent || '_default');
  execute format('with moved as (delete from %I where %I >= %L and %I < %L returning *) insert into %I select * from moved',
    parent || '_default', partition_column, from_at, partition_column, to_at, part);
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part, from_at, to_at);
  return true;
end
$$;

create or replace function ensure_day_partition(parent text, day date) returns boolean
  language sql
as $$
  select ensure_partition(parent, format('%s_%s', parent, to_char(day, 'YYYYMMDD')),
    day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC')
$$;

-- `day` is any day of the month.
create function ensure_month_partition(parent text, day date) returns boolean
  language sql
as $$
  select ensure_partition(parent, format('%s_%s', parent, to_char(day, 'YYYYMM')),
    date_trunc('month', day::timestamp) at time zone 'UTC',
    (date_trunc('month', day::timestamp) + interval '1 month') at time zone 'UTC')
$$;
