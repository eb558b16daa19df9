/** Settings of every service that answers HTTP requests. */
import { integer, type Setting } from '@scanhook/config/settings'

export const httpSettings: {
  readonly API_RATE_LIMIT_PER_MINUTE: Setting<number>
  readonly API_RATE_LIMIT_BURST: Setting<number>
} = {
  API_RATE_LIMIT_PER_MINUTE: integer(
    {
      description: 'Requests a minute that one API key may make in the long run',
      default: '60',
      reason: 'what TrakRF grants; batches of scans count as one request',
    },
    1,
    10_000_000,
  ),
  API_RATE_LIMIT_BURST: integer(
    {
      description: 'Requests that one API key may make at once before the rate applies',
      default: '120',
      reason: 'what TrakRF grants',
    },
    1,
    10_000_000,
  ),
}
