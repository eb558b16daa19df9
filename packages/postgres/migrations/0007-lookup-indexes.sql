-- One partial index per table may begin with org_id: the one that look-ups are made by. On a table that was just filled
-- and has no statistics yet, PostgreSQL takes `deleted_at is null` for one row in 200 and `org_id` for another, so every
-- partial index that begins with org_id looks as good as the right one. Measured before: 5.5 ms a tag (60,000 tags,
-- scanned through tags_asset) instead of 0.02 ms. Foreign keys carry the organization, so nothing is lost.

drop index tags_asset;
create index tags_asset on tags (asset_id) where deleted_at is null;

drop index scan_points_location;
create index scan_points_location on scan_points (location_id) where deleted_at is null;

drop index locations_parent;
create index locations_parent on locations (parent_id) where deleted_at is null;
