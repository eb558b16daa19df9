/** Settings of every process, whichever services it runs. */
import { integer, type Setting, text } from '@scanhook/config/settings'
import { observabilitySettings, tracingSettings } from '@scanhook/observability/settings'

type RuntimeSettings = typeof observabilitySettings &
  typeof tracingSettings & {
    readonly HOST: Setting<string>
    readonly HEALTH_PORT: Setting<number>
    readonly DRAIN_TIMEOUT_MS: Setting<number>
  }

export const runtimeSettings: RuntimeSettings = {
  ...observabilitySettings,
  ...tracingSettings,
  HOST: text({
    description: 'Address on which this process listens (health, metrics, HTTP API)',
    default: '127.0.0.1',
    reason: 'nothing is reachable from outside unless somebody says so; containers set 0.0.0.0',
  }),
  HEALTH_PORT: integer(
    {
      description: 'Port of /livez, /readyz, /startupz and /metrics; 0 takes a free one',
      default: '8081',
      reason: 'beside the API on 8080; each process of one machine needs its own',
    },
    0,
    65_535,
  ),
  DRAIN_TIMEOUT_MS: integer(
    {
      description: 'How long a process may finish its work after SIGTERM, in milliseconds',
      default: '20000',
      reason: 'an attempt takes at most 15 s; Kubernetes kills 30 s after the signal',
    },
    0,
    600_000,
  ),
}
