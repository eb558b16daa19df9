/** All in one: every service of the house, for one small machine. The only place where services are named together. */
import { inspectorService } from '@scanhook/inspector/service'
import { producerService } from '@scanhook/producer/service'
import { recorderService } from '@scanhook/recorder/service'
import { routerService } from '@scanhook/router/service'
import type { ServiceDefinition } from '@scanhook/runtime/service'
import { trackerService } from '@scanhook/tracker/service'

export const services: readonly ServiceDefinition[] = [
  producerService,
  trackerService,
  routerService,
  recorderService,
  inspectorService,
]

/** Producer and API are one address here, so one port setting is enough. */
export const standIns: Readonly<Record<string, string>> = { PRODUCER_PORT: 'API_PORT' }
