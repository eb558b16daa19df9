/**
 * What breakers cost in one process, so that nothing else is on the scales. Arguments: whose (`none`, `ours`, `opossum`),
 * how many, and for how many seconds they are left idle. Needs `--expose-gc`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openCircuitBreakers } from '@scanhook/circuit-breaker/circuit-breakers'
import { endpointId } from '@scanhook/domain/ids'
import CircuitBreaker from 'opossum'
import { type BreakerCost, type BreakerKind, breakerKinds } from './breakers.ts'

interface Breakers {
  readonly make: (id: number) => void
  readonly call: (id: number) => unknown
}

const calls = 200_000

const kinds: Readonly<Record<BreakerKind, () => Breakers>> = {
  none: () => ({ make: () => undefined, call: () => undefined }),
  ours: () => {
    const breakers = openCircuitBreakers({
      max: 1_000_000,
      deadlineMs: 15_000,
      scale: 1,
      nowMs: Date.now,
      random: Math.random,
      changed: () => undefined,
    })
    const call = (id: number): void => {
      const endpoint = endpointId(id)
      if (breakers.judge(endpoint).kind === 'closed') breakers.end(breakers.begin(endpoint), 'success')
    }
    return { make: call, call }
  },
  opossum: () => {
    const made: CircuitBreaker[] = []
    const action = (): Promise<void> => Promise.resolve()
    return { make: (id) => (made[id] = new CircuitBreaker(action)), call: (id) => made[id]?.fire() }
  },
}

function weigh(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const cpuMicros = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return user + system
}

async function measureIdle(call: () => unknown, seconds: number): Promise<readonly [number, number]> {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const periodMs = 100
  let longestMs = 0
  let calledAt = startedAt
  for (;;) {
    await sleep(periodMs)
    call()
    const atMs = performance.now()
    longestMs = Math.max(longestMs, atMs - calledAt - periodMs)
    calledAt = atMs
    if (atMs - startedAt >= seconds * 1_000) break
  }
  return [cpuMicros(cpu) / (performance.now() - startedAt) / 10, longestMs]
}

const kind = breakerKinds.find((each) => each === process.argv[2]) ?? 'none'
const count = Number(process.argv[3])
const seconds = Number(process.argv[4])

// Code and shapes are compiled before the first weighing.
const warm = kinds[kind]()
for (let id = 0; id < 100; id += 1) warm.make(id)
for (let call = 0; call < 20_000; call += 1) warm.call(call % 100)
await sleep(50)

const breakers = kinds[kind]()
const beforeBytes = weigh()
const making = process.cpuUsage()
for (let id = 0; id < count; id += 1) breakers.make(id)
const microsToMake = cpuMicros(making) / count
const bytesEach = (weigh() - beforeBytes) / count
const [idlePercent, idleLongestMs] = await measureIdle(() => breakers.call(0), seconds)
const calling = process.cpuUsage()
for (let call = 0; call < calls; call += 1) {
  breakers.call(call % count)
  if (call % 1_000 === 0) await sleep(0) // as requests come: opossum's promises settle in between
}
const cost: BreakerCost = {
  kind,
  count,
  bytesEach,
  microsToMake,
  idlePercent,
  idleLongestMs,
  microsPerCall: cpuMicros(calling) / calls,
}
process.stdout.write(`${JSON.stringify(cost)}\n`)
process.exit() // opossum's timers would not let it end
