-- The feed: an organization's events in the order in which they were recorded, for those who poll. A transaction's id says
-- what was recorded before what; below the oldest one that still runs nothing is added any more. Rows of before have the
-- smallest id that there is (a constant: nothing is rewritten).

alter table events add column recorded_xid xid8 not null default '3';
alter table events alter column recorded_xid set default pg_current_xact_id();
create index events_recorded on events (org_id, recorded_xid, event_id);

-- Where a reader has come to, by a name that it gave: all up to there is done with.
create table event_cursors (
  org_id bigint not null references organizations (id),
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  recorded_xid xid8 not null,
  -- Null: everything of that transaction is done with.
  event_id uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (org_id, name)
);
