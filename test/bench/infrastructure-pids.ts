/** The processes of the infrastructure that the environment names; null for what is not on this machine. */
import { pidListeningOn } from './process-figures.ts'

export type InfrastructureName = 'broker' | 'redis' | 'postgres'

export function infrastructurePids(): readonly (readonly [InfrastructureName, number | null])[] {
  return [
    ['broker', pidOf(process.env['KAFKA_BROKERS'] ?? '', 9_092)],
    ['redis', pidOf(process.env['REDIS_URL'] ?? '', 6_379)],
    ['postgres', pidOf(process.env['POSTGRES_URL'] ?? '', 5_432)],
  ]
}

function pidOf(address: string, defaultPort: number): number | null {
  const url = new URL(address.includes('://') ? address : `tcp://${address}`)
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return isHere ? pidListeningOn(Number(url.port) || defaultPort) : null
}
