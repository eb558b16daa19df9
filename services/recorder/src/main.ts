import { runService } from '@scanhook/runtime/run-service'
import { recorderService } from './service.ts'

await runService(recorderService)
