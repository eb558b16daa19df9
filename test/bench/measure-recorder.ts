/**
 * Part a of the log bench: a topic full of attempts, then the recorder alone as a process of its own, until its own count
 * of committed rows has all of them. What is counted is rows after their transactions, never records read.
 */

import pg from 'pg'
import { deleteTopics } from '../harness/delete-topics.ts'
import { openTestKafka } from '../harness/open-test-kafka.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { openWorld } from '../harness/world.ts'
import { appendInBatches } from './append-in-batches.ts'
import { benchCodecs } from './bench-world.ts'
import { infrastructurePids } from './infrastructure-pids.ts'
import { attemptOf, deliveriesOf } from './log-fill.ts'
import { figuresOfTree } from './process-figures.ts'
import { readMetric } from './read-metric.ts'
import { startCpuCount } from './service-cpu.ts'

export interface RecorderFigures {
  readonly attempts: number
  readonly deliveries: number
  /** From the first row that was seen committed to the last. */
  readonly rowsPerSecond: number
  readonly cpuMicrosPerRow: Readonly<Record<'recorder' | 'postgres' | 'broker', number>>
  /** Rows a transaction had on average. */
  readonly rowsPerTransaction: number
}

const deadlineMs = 600_000

export async function measureRecorder(attempts: number, rowsBatch?: number): Promise<RecorderFigures> {
  const world = await openWorld({
    isDirect: true,
    env: {
      LOG_LEVEL: 'warn',
      ...(rowsBatch === undefined ? {} : { RECORDER_BATCH_ROWS: String(rowsBatch) }),
    },
  })
  const producer = await openTestKafka(world.env, 'bench').openProducer()
  try {
    const codecs = await benchCodecs(world)
    const startMs = Date.now()
    await appendInBatches(producer, attempts, (n) => {
      const attempt = attemptOf(n, startMs)
      return {
        topic: `${world.prefix}attempts`,
        key: attempt.deliveryId,
        value: codecs.attempts.encode(attempt),
      }
    })
    const { recorder } = world.services
    const rows = (): Promise<number> =>
      readMetric(recorder, 'scanhook_recorder_rows_total', 'table="attempts"')
    await recorder.start()
    await waitUntil('the first rows are there', async () => (await rows()) > 0, { everyMs: 5 })
    const firstRows = await rows()
    const firstMs = performance.now()
    const infrastructure = infrastructureCpu()
    const cpuSince = startCpuCount(world, ['recorder'])
    await waitUntil('all rows are there', async () => (await rows()) >= attempts, {
      deadlineMs,
      everyMs: 20,
    })
    const counted = attempts - firstRows
    const seconds = (performance.now() - firstMs) / 1_000
    const { recorder: recorderMicros = Number.NaN } = cpuSince(counted)
    const spent = infrastructure(counted)
    const transactions = await readMetric(
      recorder,
      'scanhook_recorder_transaction_seconds_count',
      'table="attempts"',
    )
    await expectCounts(world.env['POSTGRES_URL'] ?? '', attempts)
    return {
      attempts,
      deliveries: deliveriesOf(attempts),
      rowsPerSecond: counted / seconds,
      cpuMicrosPerRow: { recorder: recorderMicros, ...spent },
      rowsPerTransaction: attempts / transactions,
    }
  } finally {
    await producer.close(0)
    await world.close()
    await deleteTopics(world)
  }
}

function infrastructureCpu(): (count: number) => { readonly postgres: number; readonly broker: number } {
  const pids = new Map(infrastructurePids())
  const read = (name: 'postgres' | 'broker'): number => {
    const pid = pids.get(name) ?? null
    return pid === null ? Number.NaN : figuresOfTree(pid).cpuMs
  }
  const before = { postgres: read('postgres'), broker: read('broker') }
  return (count) => ({
    postgres: ((read('postgres') - before.postgres) * 1_000) / count,
    broker: ((read('broker') - before.broker) * 1_000) / count,
  })
}

/** A fast recorder that loses or doubles rows has not been measured. */
async function expectCounts(url: string, attempts: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ attempts: number; deliveries: number }>(
      'select (select count(*) from attempts)::integer as attempts, (select count(*) from deliveries)::integer as deliveries',
    )
    const [found] = rows
    if (found?.attempts !== attempts || found.deliveries !== deliveriesOf(attempts))
      throw new Error(`expected ${attempts} attempts, found ${JSON.stringify(found)}`)
  } finally {
    await client.end()
  }
}
