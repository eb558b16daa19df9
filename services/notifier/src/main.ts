/** The notifier as a process of its own. */
import { runService } from '@scanhook/runtime/run-service'
import { notifierService } from './service.ts'

await runService(notifierService)
