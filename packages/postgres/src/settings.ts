/** Settings of every service that speaks PostgreSQL. */
import { address, integer, type Setting } from '@scanhook/config/settings'

export const postgresSettings: {
  readonly POSTGRES_URL: Setting<string>
  readonly POSTGRES_POOL_MAX: Setting<number>
} = {
  POSTGRES_URL: address(
    { description: 'Address of the PostgreSQL database, with user and password', isSecret: true },
    ['postgres', 'postgresql'],
  ),
  POSTGRES_POOL_MAX: integer(
    {
      description: 'Connections this process holds at most',
      default: '8',
      reason: 'PostgreSQL allows 100 by default; ten replicas and the operator must fit',
    },
    1,
    100,
  ),
}
