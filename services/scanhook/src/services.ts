/** All in one: every service of the house, for one small machine. The only place where services are named together. */
import { apiService } from '@scanhook/api/service'
import { dispatcherService } from '@scanhook/dispatcher/service'
import { inspectorService } from '@scanhook/inspector/service'
import { notifierService } from '@scanhook/notifier/service'
import { producerService } from '@scanhook/producer/service'
import { reconcilerService } from '@scanhook/reconciler/service'
import { recorderService } from '@scanhook/recorder/service'
import { retryService } from '@scanhook/retry/service'
import { routerService } from '@scanhook/router/service'
import type { ServiceDefinition } from '@scanhook/runtime/service'
import { trackerService } from '@scanhook/tracker/service'

export const services: readonly ServiceDefinition[] = [
  producerService,
  trackerService,
  routerService,
  dispatcherService,
  retryService,
  recorderService,
  notifierService,
  reconcilerService,
  apiService,
  inspectorService,
]

/** Producer and API are one address here, so one port setting is enough. */
export const standIns: Readonly<Record<string, string>> = { PRODUCER_PORT: 'API_PORT' }
