-- Who listens over a stream, and the requests that wait for an answer (ADR 0023): whichever process of the API a sender, a
-- listener and an answer come to, they meet here.

create table listeners (
  org_id bigint not null references organizations (id),
  endpoint_id bigint not null,
  -- The last part of the endpoint's URL.
  token text not null unique check (token ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- The stream that is open; a later one takes its place. Null: none is.
  stream_id uuid,
  -- When a stream was last known to be open.
  seen_at timestamptz(3) not null default now(),
  primary key (org_id, endpoint_id),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);
create index listeners_seen on listeners (seen_at);

-- For seconds only, and sent again by the usual schedule when they are lost: a crash may empty it, and nothing of it is worth WAL.
create unlogged table listener_requests (
  id uuid primary key,
  org_id bigint not null,
  endpoint_id bigint not null,
  headers json not null,
  body bytea not null,
  received_at timestamptz(3) not null default now(),
  -- Nobody waits any longer than that, also where whoever waited has died.
  ends_at timestamptz(3) not null,
  -- Null: not answered yet.
  status smallint check (status between 200 and 599),
  answer_headers json,
  answer_body bytea,
  foreign key (org_id, endpoint_id) references listeners (org_id, endpoint_id) on delete cascade
);
create index listener_requests_waiting on listener_requests (org_id, endpoint_id, received_at);
create index listener_requests_over on listener_requests (ends_at);
