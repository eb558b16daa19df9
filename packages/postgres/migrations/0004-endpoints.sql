-- Endpoints with their subscriptions and sealed secrets. No secret is stored in clear, anywhere.

create table endpoints (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  url text not null check (length(url) between 1 and 2048),
  name text check (length(name) between 1 and 255),
  description text check (length(description) <= 1024),
  state text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  profile text not null default 'standard' check (profile in ('standard', 'trakrf', 'trackberry')),
  headers json not null default '{}',
  -- Grows by one with every change, so that a late announcement cannot undo a newer one.
  version bigint not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  unique (org_id, id)
);
create index endpoints_org on endpoints (org_id, created_at desc, id) where deleted_at is null;

create table subscriptions (
  org_id bigint not null,
  endpoint_id bigint not null,
  -- An event type's name, `location.*` or `*`.
  event_type text not null check (length(event_type) between 1 and 100),
  filter text check (length(filter) <= 4096),
  position integer not null,
  primary key (endpoint_id, event_type),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);

create table endpoint_secrets (
  id bigint primary key default next_id(),
  org_id bigint not null,
  endpoint_id bigint not null,
  -- `v1.<key id>.<iv>.<tag>.<ciphertext>` (packages/signing); opened only to sign.
  sealed text not null check (sealed like 'v1.%'),
  -- The last four characters, for the masked form `whsec_…2c7d`.
  hint text not null check (length(hint) = 4),
  created_at timestamptz(3) not null default now(),
  -- Null for the newest; set when a rotation's overlap ends.
  expires_at timestamptz(3),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);
create index endpoint_secrets_endpoint on endpoint_secrets (org_id, endpoint_id, id);
