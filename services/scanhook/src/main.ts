import { runServices } from '@scanhook/runtime/run-service'
import { services, standIns } from './services.ts'

await runServices('scanhook', services, standIns)
