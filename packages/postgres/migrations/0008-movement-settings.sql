-- Settings of movement in their public form (docs/reference/settings.md), on the three levels that a customer has; what
-- a level does not name is left to the next. Fences of locations, and trackers as tags.

alter table organizations add column settings json not null default '{}' check (json_typeof(settings) = 'object');
alter table scan_points add column settings json not null default '{}' check (json_typeof(settings) = 'object');
alter table locations add column settings json not null default '{}' check (json_typeof(settings) = 'object');

alter table locations
  add column geofence json check (json_typeof(geofence) = 'object'),
  -- What the fence costs whoever loads all of an organization's: a circle is one point. Bounded in the repository.
  add column geofence_points integer generated always as (
    case
      when geofence is null then null
      when geofence ->> 'type' = 'polygon' then json_array_length(geofence -> 'points')
      else 1
    end) stored;

-- Begins with org_id beside the index on external keys (see 0007), which does no harm here: only a query that says
-- `geofence is not null` can take it.
create index locations_geofence on locations (org_id) include (geofence_points)
  where geofence is not null and deleted_at is null;

alter table tags drop constraint tags_tag_type_check;
alter table tags add constraint tags_tag_type_check check (tag_type in ('rfid', 'ble', 'barcode', 'gps'));
