/**
 * How soon a change made through the API stands on `master-data`: from the answer of a PATCH to the time that its record was
 * given. The API is a process of its own; each webhook is changed about once a second, so that no two changes become one.
 */
import { setTimeout } from 'node:timers/promises'
import { readTopic } from '../harness/read-topic.ts'
import { openWorld } from '../harness/world.ts'
import { type Latencies, latenciesOf } from './latencies.ts'

export interface AnnouncementSizes {
  readonly webhooks: number
  readonly changes: number
  readonly everyMs: number
}

export interface AnnouncementFigures extends AnnouncementSizes {
  /** Changes that no record was found of. */
  readonly missing: number
  readonly latencies: Latencies
}

export const fullAnnouncements: AnnouncementSizes = { webhooks: 20, changes: 600, everyMs: 50 }
export const quickAnnouncements: AnnouncementSizes = { webhooks: 20, changes: 100, everyMs: 50 }

/** What is announced last comes within it; a change that is not there by then counts as missing. */
const settleMs = 3_000

export async function measureAnnouncements(
  sizes: AnnouncementSizes,
  say: (line: string) => void,
): Promise<AnnouncementFigures> {
  const world = await openWorld({ isDirect: true, env: { WEBHOOK_ALLOWED_TARGETS: '127.0.0.1/32:*' } })
  try {
    await world.services.api.start()
    const ids: number[] = []
    for (let nth = 0; nth < sizes.webhooks; nth += 1) {
      const body = { url: `http://127.0.0.1:${2_000 + nth}/hook`, name: `webhook ${nth}`, enabled: true }
      ids.push((await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', body)).id)
    }
    say(`${sizes.changes} changes of ${sizes.webhooks} webhooks`)
    const answeredAtMs = new Map<string, number>()
    for (let nth = 0; nth < sizes.changes; nth += 1) {
      const name = nameOf(nth)
      await world.api.data('PATCH', `/api/v1/webhooks/${ids[nth % ids.length]}`, {
        url: `http://127.0.0.1:2000/${name}`,
      })
      answeredAtMs.set(name, Date.now())
      await setTimeout(sizes.everyMs)
    }
    await setTimeout(settleMs)
    const times: number[] = []
    await readTopic(world, 'master-data', ({ value, timestampMs }) => {
      const name = /change-\d{5}-of-it/.exec(value?.toString('latin1') ?? '')?.[0] ?? ''
      const sinceMs = answeredAtMs.get(name)
      if (sinceMs === undefined) return
      // Before the answer: the announcement was quicker than the answer's way.
      times.push(Math.max(0, timestampMs - sinceMs))
      answeredAtMs.delete(name)
    })
    return { ...sizes, missing: answeredAtMs.size, latencies: latenciesOf(times) }
  } finally {
    await world.close()
  }
}

function nameOf(nth: number): string {
  return `change-${String(nth).padStart(5, '0')}-of-it`
}

export function printAnnouncements({ changes, missing, latencies }: AnnouncementFigures): string {
  const { p50Ms, p99Ms, maxMs } = latencies
  return `${changes} changes, ${missing} not found; from the answer to master-data p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)}, max ${maxMs.toFixed(0)} ms (target ≤ 1,000)\n`
}
