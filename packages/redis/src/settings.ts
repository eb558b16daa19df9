/** Settings of services that use Redis. */
import { address, integer, type Setting } from '@scanhook/config/settings'

/** Of all of them. */
export const redisAddress: { readonly REDIS_URL: Setting<string> } = {
  REDIS_URL: address(
    { description: 'Address of Redis, with user and password where it has them', isSecret: true },
    ['redis', 'rediss'],
  ),
}

/** Of those that claim scans. */
export const redisSettings: {
  readonly REDIS_URL: Setting<string>
  readonly CLAIM_KEPT_HOURS: Setting<number>
} = {
  ...redisAddress,
  CLAIM_KEPT_HOURS: integer(
    {
      description: 'How long a processed read is remembered, in hours; a copy that comes later counts again',
      default: '48',
      reason:
        'readers and gateways that were offline send their backlog within two days; at about 150 bytes a read, 1,000 reads a second need 26 GB, so high rates want less',
    },
    1,
    720,
  ),
}
