/** Holds the reads that were sent against the scans that are on the topic, one by one. */
import { readTopic } from '../harness/read-topic.ts'
import type { World } from '../harness/world.ts'
import { benchCodecs } from './bench-world.ts'
import { type Audit, scanTally } from './scan-tally.ts'

/** Read ids are `<run>-<number from 0>`. */
export async function auditScans(
  world: World,
  runs: readonly { readonly run: string; readonly sent: number }[],
): Promise<readonly Audit[]> {
  const codecs = await benchCodecs(world)
  const tally = scanTally(runs)
  let waiting: Promise<unknown> = Promise.resolve()
  type Decoded = Awaited<ReturnType<typeof codecs.scans.decode>>
  const take = (decoded: Decoded): void => {
    if (decoded.kind === 'scan') tally.take(decoded.scanId)
  }
  await readTopic(world, 'scans', ({ value }) => {
    const decoded = codecs.scans.decode(value)
    // Only the first records of each schema are promises.
    if (decoded instanceof Promise) waiting = Promise.all([waiting, decoded.then(take)])
    else take(decoded)
  })
  await waiting
  return tally.audits()
}
