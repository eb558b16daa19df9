/** The producer as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { producerService } from './service.ts'

await runService(producerService)
