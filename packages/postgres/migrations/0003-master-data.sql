-- Master data. Rows are deleted softly; keys are unique among live rows. Foreign keys carry org_id, so that no row
-- can ever point into another organization.

create table locations (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  external_key text not null check (external_key ~ '^[A-Za-z0-9-]{1,255}$'),
  name text not null check (length(name) between 1 and 255),
  description text check (length(description) <= 1024),
  parent_id bigint,
  is_active boolean not null default true,
  valid_from timestamptz(3) not null default now(),
  valid_to timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  unique (org_id, id),
  foreign key (org_id, parent_id) references locations (org_id, id),
  check (parent_id <> id)
);
create unique index locations_external_key on locations (org_id, external_key) where deleted_at is null;
create index locations_parent on locations (org_id, parent_id) where deleted_at is null;

create table assets (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  external_key text not null check (external_key ~ '^[A-Za-z0-9-]{1,255}$'),
  name text not null check (length(name) between 1 and 255),
  description text check (length(description) <= 1024),
  is_active boolean not null default true,
  valid_from timestamptz(3) not null default now(),
  valid_to timestamptz(3),
  metadata json not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  unique (org_id, id)
);
create unique index assets_external_key on assets (org_id, external_key) where deleted_at is null;

create table tags (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  asset_id bigint not null,
  tag_type text not null check (tag_type in ('rfid', 'ble', 'barcode')),
  value text not null check (length(value) between 1 and 255),
  -- What a read is looked up by: the value normalised, so that a short barcode meets the full-width EPC.
  match_key text not null check (length(match_key) between 1 and 255),
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  foreign key (org_id, asset_id) references assets (org_id, id)
);
create unique index tags_match_key on tags (org_id, match_key) where deleted_at is null;
create index tags_asset on tags (org_id, asset_id) where deleted_at is null;

create table scan_devices (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  -- As upstream names its reader or gateway; wider than other external keys, because MAC addresses and host names come here.
  external_key text not null check (length(external_key) between 1 and 255),
  name text not null check (length(name) between 1 and 255),
  type text not null check (length(type) between 1 and 64),
  description text check (length(description) <= 1024),
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  unique (org_id, id)
);
create unique index scan_devices_external_key on scan_devices (org_id, external_key) where deleted_at is null;

create table scan_points (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  scan_device_id bigint not null,
  antenna_port integer not null default 1 check (antenna_port between 0 and 65535),
  kind text not null default 'zone' check (kind in ('zone', 'portal', 'manual', 'gps')),
  name text check (length(name) between 1 and 255),
  location_id bigint,
  is_active boolean not null default true,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  foreign key (org_id, scan_device_id) references scan_devices (org_id, id),
  foreign key (org_id, location_id) references locations (org_id, id)
);
create unique index scan_points_antenna on scan_points (org_id, scan_device_id, antenna_port) where deleted_at is null;
create index scan_points_location on scan_points (org_id, location_id) where deleted_at is null;
