-- The transactional outbox: every change of master data writes its announcement in the same transaction, after the
-- row it tells of was locked. So positions of one key rise in the order in which its changes commit, and the relay
-- (services/api) may send by position and delete what was acknowledged. A position that commits late is simply seen
-- in a later pass: nothing keeps a high-water mark.

create table outbox (
  position bigint generated always as identity primary key,
  org_id bigint not null,
  kind text not null,
  entity_id bigint not null,
  is_deleted boolean not null,
  document text not null,
  changed_at timestamptz(3) not null default now()
);

create function wake_outbox_relay() returns trigger
  language plpgsql
as $$
begin
  perform pg_notify('scanhook_outbox', '');
  return null;
end
$$;
create trigger outbox_written after insert on outbox for each statement execute function wake_outbox_relay();
