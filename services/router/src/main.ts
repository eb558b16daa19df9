/** The router as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { routerService } from './service.ts'

await runService(routerService)
