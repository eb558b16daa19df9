-- Chains of refresh tokens (packages/postgres/src/token-chains): a row lives as long as its chain. What was used, revoked
-- or has expired is not here.

create table token_chains (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  api_key_id bigint not null references api_keys (id),
  -- SHA-256 of the part that all tokens of the chain share, and of the part that only the living one has.
  chain_hash bytea not null unique check (length(chain_hash) = 32),
  token_hash bytea not null check (length(token_hash) = 32),
  created_at timestamptz(3) not null default now(),
  -- Of the living token.
  expires_at timestamptz(3) not null
);
-- The chains of a key, those used last at the end.
create index token_chains_key on token_chains (api_key_id, expires_at, id);
create index token_chains_expired on token_chains (expires_at);
