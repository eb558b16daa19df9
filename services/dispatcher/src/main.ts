/** The dispatcher as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { dispatcherService } from './service.ts'

await runService(dispatcherService)
