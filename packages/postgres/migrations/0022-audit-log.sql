-- What was changed, by whom (packages/postgres/src/audit-log): written in the transaction of the change, kept for a year or as
-- the API is told. The lists of words are packages/domain/src/auditing.

create table audit_log (
  id uuid primary key default gen_random_uuid(),
  -- Of entries of one millisecond the order in which they were written.
  position bigint generated always as identity,
  org_id bigint not null references organizations (id),
  -- When it was written, not when its transaction began: changes of one row come in the order in which they were made.
  at timestamptz(3) not null default date_trunc('milliseconds', clock_timestamp()),
  actor_kind text not null check (actor_kind in ('api_key', 'oauth_client', 'portal_link', 'system')),
  -- Null: we ourselves.
  actor_id bigint,
  -- Null: not by a request.
  request_id text,
  operation text not null,
  resource_kind text not null,
  -- As text: deliveries have UUIDs. Null: several, or one that is known by its name.
  resource_id text,
  resource_name text,
  -- The API's view, of changes the fields that differ. json, not jsonb: the order of members is the API's.
  before json,
  after json,
  -- Fields that were too long to be kept.
  truncated text[] not null default '{}',
  check ((actor_kind = 'system') = (actor_id is null))
);
create index audit_log_newest on audit_log (org_id, at desc, position desc);
create index audit_log_resource on audit_log (org_id, resource_kind, resource_id, at desc, position desc);
create index audit_log_age on audit_log (at);
-- An import is one entry, however many transactions it has.
create unique index audit_log_import on audit_log (org_id, request_id) where operation like '%.imported';
