/** M and C: what records and clocks do. */
import { join } from 'node:path'
import { openTestKafka } from '../../harness/open-test-kafka.ts'
import type { Cell } from '../cell.ts'

const nothings: readonly (Buffer | null)[] = [
  null,
  Buffer.from([7, 1, 2, 3, 4, 5]),
  Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2, 3]),
  Buffer.from([0, 0, 0]),
  Buffer.from('{"org_id": 1,'),
  Buffer.from(JSON.stringify({ org_id: 1, id: 'large', junk: 'j'.repeat(950_000) })),
]

export const recordCells: readonly Cell[] = [
  {
    id: 'M1',
    fault: 'records that are nothing: null, bad magic, unknown schema, truncated, no JSON, 1 MB; ten of each',
    invariants: ['I1', 'I4'],
    expectations: { poisonCount: 10 * nothings.length },
    run: async ({ world, fault, sleep }) => {
      const producer = await openTestKafka(world.innerEnv, 'chaos-nothings').openProducer({
        batchMaxBytes: 1_000_000,
      })
      await fault('records that are nothing', async () => {
        for (let round = 0; round < 10; round += 1) {
          await producer.appendAll(
            nothings.map((value, number) => ({
              topic: `${world.prefix}reads`,
              key: `nothing-${round}-${number}`,
              value,
            })),
          )
          await sleep(1_000)
        }
        await producer.close()
      })
    },
  },
  {
    id: 'M2',
    fault: 'the registry is down for 15 s, under warm services and under a router that starts cold',
    invariants: ['I1', 'I4'],
    run: async ({ stack, world, fault, sleep }) => {
      const cold = await world.another('router', {
        env: { SCHEMA_CACHE_DIR: join(world.folder, 'cold-schemas') },
      })
      await fault('the registry is down', async () => {
        await stack.registry.kill()
        await cold.start({ isReadinessAwaited: false })
        await sleep(15_000)
        await stack.registry.start()
        await cold.kill()
      })
    },
  },
  {
    id: 'M3',
    fault: 'scans that come twice, late, out of order or from the future',
    invariants: ['I2'],
    cannot: 'no cell yet: the load has no reads with times of their own',
  },
]
