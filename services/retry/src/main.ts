/** The retry tiers as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { retryService } from './service.ts'

await runService(retryService)
