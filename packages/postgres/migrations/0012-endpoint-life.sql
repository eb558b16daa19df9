-- An endpoint's life (packages/domain/src/endpoint-life), what is to be said of it, and to whom.

alter table organizations
  -- Ten people of one customer; more is what a distribution list is for.
  add column contact_emails text[] not null default '{}' check (cardinality(contact_emails) <= 10);

alter table endpoints
  -- Since when there has been no success; set while the endpoint is marked as failing. Names the episode.
  add column failing_since timestamptz(3),
  -- The newest failure that was told of in this episode.
  add column failing_at timestamptz(3),
  add column recovered_at timestamptz(3),
  -- When a person enabled it last: what happened up to then changes nothing any more.
  add column enabled_at timestamptz(3),
  add column disabled_at timestamptz(3),
  add column disabled_reason text check (disabled_reason in ('gone', 'no_success')),
  -- Whether operational events told of this episode's beginning.
  add column is_episode_told boolean not null default false,
  add check ((failing_since is null) = (failing_at is null));

-- Few rows: what is looked at every minute.
create index endpoints_failing on endpoints (failing_since, id)
  where failing_since is not null and state = 'active' and deleted_at is null;

-- The outbox of mails and operational events: written in the transaction that changes the endpoint, so that a change
-- and its announcement commit together. The key lets a notice be given once, whatever is repeated.
create table endpoint_notices (
  id bigint generated always as identity primary key,
  org_id bigint not null,
  endpoint_id bigint not null,
  kind text not null check (kind in ('failing', 'recovered', 'disabled')),
  episode timestamptz(3) not null,
  -- Everything that mail and event say, as it was when it happened: they are the same however often they are rendered.
  facts json not null,
  created_at timestamptz(3) not null default now(),
  -- Whether it goes out as an operational event, and when it did.
  is_told boolean not null,
  published_at timestamptz(3),
  mail_state text not null default 'waiting'
    check (mail_state in ('waiting', 'sent', 'refused', 'no_recipient', 'given_up')),
  mail_tries integer not null default 0,
  -- While somebody sends it, this lies ahead: who dies meanwhile is followed by another.
  mail_due_at timestamptz(3) not null default now(),
  mailed_at timestamptz(3),
  mail_error text,
  unique (endpoint_id, kind, episode),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);
create index endpoint_notices_mail on endpoint_notices (mail_due_at, id) where mail_state = 'waiting';
create index endpoint_notices_event on endpoint_notices (id) where is_told and published_at is null;
