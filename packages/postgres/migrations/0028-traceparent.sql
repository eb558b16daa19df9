-- Whether requests to the endpoint carry `traceparent` (docs/operate/tracing.md): ids of somebody's traces go to a stranger
-- only where that stranger asked for them. The default is a constant, so that no row is rewritten.

alter table endpoints
  add column sends_traceparent boolean not null default false;
