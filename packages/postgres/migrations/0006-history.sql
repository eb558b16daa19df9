-- What the recorder writes: events, deliveries, attempts. Partitioned by day, so that retention drops whole days.
-- Each table has a default partition: a row of an unforeseen day (an old recording, a wrong clock) is kept, never
-- refused. `data` and headers are json, not jsonb: json keeps the text byte for byte and admits \u0000.

create table events (
  event_id uuid not null,
  org_id bigint not null,
  type text not null,
  occurred_at timestamptz(3) not null,
  -- The partition key: receive time, which is part of the event, so that a replay meets its own row.
  received_at timestamptz(3) not null,
  subject text not null,
  asset_id bigint,
  sequence bigint,
  previous_event_id uuid,
  transition_id text,
  data json not null,
  recorded_at timestamptz(3) not null default now(),
  primary key (event_id, received_at)
) partition by range (received_at);
create index events_newest on events (org_id, occurred_at desc, event_id);
create index events_subject on events (org_id, subject, occurred_at desc);
create table events_default partition of events default;

create table deliveries (
  delivery_id uuid not null,
  org_id bigint not null,
  endpoint_id bigint not null,
  event_id uuid not null,
  event_type text not null,
  -- The partition key: the same in all attempts of a delivery, and over replays.
  event_occurred_at timestamptz(3) not null,
  trigger text not null,
  state text not null check (state in ('pending', 'delivered', 'dead')),
  -- Requests made; holds and spills do not count.
  attempts integer not null,
  next_attempt_at timestamptz(3),
  dead_reason text,
  held_reason text,
  created_at timestamptz(3) not null,
  first_attempt_at timestamptz(3),
  last_attempt_at timestamptz(3),
  last_status integer,
  last_error_class text,
  completed_at timestamptz(3),
  -- Rank of the record that decided the state: (delivered, attempt number, start). A lower rank never overwrites.
  rank_attempt_number integer not null,
  rank_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null default now(),
  primary key (delivery_id, event_occurred_at)
) partition by range (event_occurred_at);
create index deliveries_newest on deliveries (org_id, created_at desc, delivery_id);
create index deliveries_endpoint on deliveries (org_id, endpoint_id, created_at desc);
create index deliveries_event on deliveries (org_id, event_id);
create table deliveries_default partition of deliveries default;

create table attempts (
  delivery_id uuid not null,
  attempt_number integer not null,
  disposition text not null check (disposition in ('delivered', 'retry', 'dead', 'held')),
  -- The partition key. Part of the key too: a crash between the request and its commit repeats a request under the
  -- same number, and both really happened.
  started_at timestamptz(3) not null,
  org_id bigint not null,
  endpoint_id bigint not null,
  event_id uuid not null,
  event_type text not null,
  trigger text not null,
  url text not null,
  request_headers json not null,
  request_body text not null,
  -- Null when nothing was sent.
  outcome text check (outcome in ('responded', 'failed')),
  status integer,
  response_headers json,
  response_body text,
  is_body_truncated boolean,
  retry_after_ms bigint,
  error_class text,
  error_message text,
  remote_address text,
  dns_ms double precision,
  connect_ms double precision,
  tls_ms double precision,
  first_byte_ms double precision,
  total_ms double precision,
  reason text,
  next_attempt_at timestamptz(3),
  recorded_at timestamptz(3) not null default now(),
  primary key (delivery_id, attempt_number, disposition, started_at)
) partition by range (started_at);
create table attempts_default partition of attempts default;

-- Makes the partition of one UTC day. Idempotent; true when it was made now. Rows of that day that wait in the
-- default partition move over, without which PostgreSQL would refuse to attach.
create function ensure_day_partition(parent text, day date) returns boolean
  language plpgsql
as $$
declare
  part text := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
  partition_column text;
  from_at timestamptz := day::timestamp at time zone 'UTC';
  to_at timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  if to_regclass(part) is not null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtext('scanhook day partition'), hashtext(parent));
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
