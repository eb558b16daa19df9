import { runService } from '@scanhook/runtime/run-service'
import { inspectorService } from './service.ts'

await runService(inspectorService)
