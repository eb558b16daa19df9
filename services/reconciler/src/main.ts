/** The reconciler as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { reconcilerService } from './service.ts'

await runService(reconcilerService)
