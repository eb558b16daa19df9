/** Settings of the tracker. */
import { integer, type Setting } from '@scanhook/config/settings'

export const trackerSettings: {
  readonly TRACKER_FLUSH_MS: Setting<number>
  readonly TRACKER_TICK_MS: Setting<number>
  readonly TRACKER_REPLAY_RECORDS_MAX: Setting<number>
} = {
  TRACKER_FLUSH_MS: integer(
    {
      description:
        'How long a changed state that is not urgent may wait before it is written to asset-state (ms)',
      default: '10000',
      reason:
        'An asset that is read all the time costs one changelog record per 10 s; a restart replays about as much',
    },
    0,
    600_000,
  ),
  TRACKER_TICK_MS: integer(
    {
      description: 'How often a tick is written into each owned partition of scans (ms)',
      default: '1000',
      reason: 'Timers are as exact as ticks; the shortest rule waits 1.5 s, and a tick is about 20 bytes',
    },
    50,
    60_000,
  ),
  TRACKER_REPLAY_RECORDS_MAX: integer(
    {
      description:
        'Records of one partition that a restart may have to replay; beyond it states are written earlier',
      default: '500000',
      reason:
        '10 s at the 50,000 reads/s that one machine must stand for a minute, if one partition got them all',
    },
    1,
    10_000_000,
  ),
}
