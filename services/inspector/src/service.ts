/** The built-in receiver: shows what a customer would get, and whether its signatures hold. */
import { defineService, type ServiceDefinition } from '@scanhook/runtime/service'
import { openBins } from './bins.ts'
import { openRequestLog } from './request-log.ts'
import { openInspector } from './server.ts'
import { inspectorSettings } from './settings.ts'

export const inspectorService: ServiceDefinition<typeof inspectorSettings> = defineService({
  name: 'inspector',
  settings: inspectorSettings,
  start: async ({ config, log, metrics, clock, onStop, readiness }) => {
    const isListening = readiness('http')
    const server = await openInspector(config.HOST, config.INSPECTOR_PORT, {
      bins: openBins(config.INSPECTOR_BINS),
      requests: openRequestLog(),
      clock,
      received: metrics.counter(
        'scanhook_inspector_requests_total',
        'Webhooks received, by what their signatures said',
        {
          verdict: ['verified', 'failed', 'unchecked'],
        },
      ),
    })
    onStop('http', () => server.close())
    isListening(true)
    log.info({ url: server.url }, 'inspector.opened')
  },
})
