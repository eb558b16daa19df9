-- What an endpoint wanted, and when: "why did I not get it?" and the reconciler both ask of a time that is over.
-- Only what decides whether an event becomes a delivery; no secret and no header.

create table endpoint_versions (
  org_id bigint not null,
  endpoint_id bigint not null,
  -- As in endpoints. Versions that changed nothing of this (a rotated secret, a mark) are left out.
  version bigint not null,
  valid_from timestamptz(3) not null,
  is_deleted boolean not null,
  url text not null,
  state text not null,
  profile text not null,
  subscriptions jsonb not null,
  endpoint_created_at timestamptz(3) not null,
  primary key (endpoint_id, version),
  foreign key (org_id, endpoint_id) references endpoints (org_id, id)
);
create index endpoint_versions_org on endpoint_versions (org_id, endpoint_id, valid_from);

-- Of those that exist, the present is known; it is taken to have been so since the last change.
insert into endpoint_versions
select e.org_id, e.id, e.version, case when e.version = 1 then e.created_at else e.updated_at end, e.deleted_at is not null,
  e.url, e.state, e.profile,
  coalesce((select jsonb_agg(jsonb_build_object('eventType', s.event_type, 'filter', s.filter,
      'expireAfterMinutes', s.expire_after_minutes, 'isLatestOnly', s.latest_only) order by s.position)
    from subscriptions s where s.org_id = e.org_id and s.endpoint_id = e.id), '[]'),
  e.created_at
from endpoints e;
