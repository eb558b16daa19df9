-- Where an event's location stood in the tree when it was derived (ADR 0020), so that a filter says of a recorded event what it
-- said when the event was routed. `json` as `data` is: it takes every text that a key may be. Null for what was recorded before,
-- and for business events. No default: no row is rewritten.

alter table events
  add column location_paths json;
