-- Attempts in the order in which they were recorded, for those who follow deliveries live: as the feed does for events (0021).
-- Rows of before have the smallest id that there is (a constant: nothing is rewritten).
alter table attempts add column recorded_xid xid8 not null default '3';
alter table attempts alter column recorded_xid set default pg_current_xact_id();
create index attempts_recorded on attempts (org_id, recorded_xid, delivery_id);

-- Jobs that send again what a list of deliveries shows: by its filter, or by ids; over all endpoints of the organization.
alter table jobs add column filter jsonb;
alter table jobs drop constraint jobs_kind_check;
alter table jobs add constraint jobs_kind_check
  check (kind in ('recover', 'replay', 'all', 'dead_topic', 'resend'));
alter table jobs drop constraint jobs_check;
alter table jobs add constraint jobs_endpoint_check check (endpoint_id is not null or kind in ('dead_topic', 'resend'));
alter table jobs add constraint jobs_filter_check check ((filter is not null) = (kind = 'resend'));
