/** The tracker as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { trackerService } from './service.ts'

await runService(trackerService)
