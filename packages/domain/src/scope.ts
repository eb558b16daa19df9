/**
 * What an API key may do. TrakRF's names where it has them (assets, locations, tracking:read, keys:admin); ours for
 * what it does not offer.
 */
export const scopes = [
  'assets:read',
  'assets:write',
  'locations:read',
  'locations:write',
  'scan-devices:read',
  'scan-devices:write',
  /** Events, and where assets are. */
  'tracking:read',
  /** Endpoints, and the delivery log. */
  'webhooks:read',
  'webhooks:write',
  'scans:write',
  'events:write',
  /** Make and withdraw API keys. */
  'keys:admin',
] as const
export type Scope = (typeof scopes)[number]
