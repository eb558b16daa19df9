import { runService } from '@scanhook/runtime/run-service'
import { apiService } from './service.ts'

await runService(apiService)
