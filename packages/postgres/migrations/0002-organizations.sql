-- Organizations and their API keys. Every other table is bounded by org_id.

create table organizations (
  id bigint primary key default next_id(),
  name text not null check (length(name) between 1 and 255),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3)
);
create index organizations_name on organizations (name) where deleted_at is null;

create table api_keys (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  name text not null check (length(name) between 1 and 255),
  -- scrypt, `scrypt$<N>$<r>$<p>$<salt base64url>$<hash base64url>`; the secret itself is never stored.
  secret_hash text not null,
  scopes text[] not null,
  created_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3)
);
create index api_keys_org on api_keys (org_id, id) where deleted_at is null;

-- Numbers for minted external keys (ASSET-0001, LOC-001), one counter per organization and prefix.
create table external_key_counters (
  org_id bigint not null references organizations (id),
  prefix text not null,
  last_number bigint not null,
  primary key (org_id, prefix)
);
