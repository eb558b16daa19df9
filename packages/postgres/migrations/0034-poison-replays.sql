-- Records of `poison` that an operator has put back on their topic (packages/postgres/src/poison-replays): which were, so that
-- none is by accident twice. They are nobody's in particular: who did it stands in the audit log of the operator's organization.

create table poison_replays (
  -- Of `poison`, with its prefix.
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  -- When it was set aside: a topic that is made anew begins with the same offsets.
  set_aside_at timestamptz(3) not null,
  replayed_at timestamptz(3) not null default now(),
  times integer not null default 1,
  primary key (topic, partition, record_offset, set_aside_at)
);
create index poison_replays_age on poison_replays (replayed_at);
