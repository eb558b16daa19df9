-- Links into the console (packages/postgres/src/portal-links): a row is a link and, once that was used, its one session. What was
-- revoked is not here, and what is over goes.

create table portal_links (
  id bigint primary key default next_id(),
  org_id bigint not null references organizations (id),
  -- Whose scopes it passes on: with the key it ends.
  api_key_id bigint not null references api_keys (id),
  label text check (length(label) between 1 and 255),
  scopes text[] not null,
  -- SHA-256 of the tokens; they themselves are never stored.
  token_hash bytea not null unique check (length(token_hash) = 32),
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  session_hash bytea unique check (length(session_hash) = 32),
  session_expires_at timestamptz(3),
  check ((used_at is null) = (session_hash is null) and (used_at is null) = (session_expires_at is null))
);
create index portal_links_org on portal_links (org_id, created_at desc, id);
create index portal_links_over on portal_links ((coalesce(session_expires_at, expires_at)));
