/** The live line: reads in, events, verified deliveries, until it is told to stop. */
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from '@scanhook/stack/process-identity'
import type { Running } from './bring-up.ts'
import { readFeedStatus } from './feed-status.ts'
import type { RunFolder } from './run-folder.ts'
import { sumOf } from './scrape.ts'
import type { Steps } from './steps.ts'

const everyMs = 500

/** Resolves when `signal` is aborted. Throws when the services end by themselves. */
export async function watch(
  running: Running,
  {
    folder,
    steps,
    signal,
  }: { readonly folder: RunFolder; readonly steps: Steps; readonly signal: AbortSignal },
): Promise<void> {
  let hasSaidEnd = false
  while (!signal.aborted) {
    if (running.state.app !== null && !isAlive(running.state.app)) {
      throw new Error(`the services ended by themselves; see ${folder.fileOf('scanhook.log')}`)
    }
    const feed = readFeedStatus(folder.fileOf('feed.json'))
    steps.live(
      await line(running, feed.sentCount).catch(
        () => `${feed.sentCount} reads in, the services do not answer`,
      ),
    )
    if (feed.isDone && !hasSaidEnd) {
      hasSaidEnd = true
      steps.say(`the recording has ended: ${feed.sentCount} reads. Everything goes on running until Ctrl-C.`)
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

async function line({ urls, inspector, verifiedBefore }: Running, sentCount: number): Promise<string> {
  const response = await fetch(`${urls.health}/metrics`, { signal: AbortSignal.timeout(2_000) })
  const metrics = await response.text()
  const { verified, failed } = await inspector.counts()
  const events = sumOf(metrics, 'scanhook_events_derived_total')
  const wrong = failed > 0 ? `, ${failed} with a wrong signature` : ''
  return `${sentCount} reads in, ${events} events, ${verified - verifiedBefore} deliveries verified${wrong} · ${urls.inspector}`
}
