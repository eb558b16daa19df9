/**
 * How a list of 10,000 deliveries scrolls in Chromium, beside one of 100 in the same run: frames that were missed, and the work of
 * the page's main thread for each. Rows lie in the log's own tables; the page loads them as anybody's does, by scrolling to the end.
 */
import type { Page } from 'playwright-core'
import { openConsole } from '../harness/console-in-browser.ts'
import { insertDead } from '../harness/insert-dead.ts'
import { waitUntil } from '../harness/wait-until.ts'
import { quantile } from './quantile.ts'

export interface ScrollingSizes {
  readonly rows: number
  readonly rowsBeside: number
  /** Turns of each list, one after the other. */
  readonly turns: number
  readonly framesPerTurn: number
}

export interface ScrollFigures {
  /** In the page at once, at the most. */
  readonly rowsInPage: number
  /** Of 60 a second. */
  readonly missedShare: number
  readonly workMsPerFrame: number
}

export interface ScrollingFigures extends ScrollingSizes {
  /** From the first page of rows to all of them. */
  readonly loadedInMs: number
  readonly long: ScrollFigures
  readonly short: ScrollFigures
}

export const fullScrolling: ScrollingSizes = { rows: 10_000, rowsBeside: 100, turns: 5, framesPerTurn: 600 }
export const quickScrolling: ScrollingSizes = { rows: 2_000, rowsBeside: 100, turns: 2, framesPerTurn: 200 }

const frameMs = 1000 / 60
/** 7,200 px a second: a wheel that is turned as fast as it goes. */
const stepPx = 120
/** One page's work; the log's own bound is less. */
const loadDeadlineMs = 300_000

export async function measureScrolling(
  sizes: ScrollingSizes,
  say: (line: string) => void,
): Promise<ScrollingFigures> {
  const opened = await openConsole(['api'], { isDirect: true })
  if (opened.console === null) throw new Error(opened.whyNot)
  const { world, signIn, close } = opened.console
  try {
    const openList = async (count: number): Promise<{ readonly page: Page; readonly loadedInMs: number }> => {
      const { id } = await world.api.data<{ id: number }>('POST', '/api/v1/webhooks', {
        url: world.receiver.url(`/${count}`),
      })
      await insertDead(world, id, count)
      const { page } = await signIn(['webhooks:read'])
      await page.goto(`${world.api.url}/console/deliveries?webhook=${id}`)
      const loadedInMs = await loadAll(page, count)
      say(`${count} rows are in the list after ${loadedInMs.toFixed(0)} ms`)
      return { page, loadedInMs }
    }
    const short = await openList(sizes.rowsBeside)
    const long = await openList(sizes.rows)
    const turns: { readonly long: ScrollFigures; readonly short: ScrollFigures }[] = []
    for (let turn = 0; turn < sizes.turns; turn += 1)
      turns.push({
        short: await scroll(short.page, sizes.framesPerTurn),
        long: await scroll(long.page, sizes.framesPerTurn),
      })
    return {
      ...sizes,
      loadedInMs: long.loadedInMs,
      long: middle(turns.map((turn) => turn.long)),
      short: middle(turns.map((turn) => turn.short)),
    }
  } finally {
    await close()
  }
}

async function loadAll(page: Page, count: number): Promise<number> {
  await page.getByRole('row').nth(1).waitFor()
  const startedAtMs = performance.now()
  await waitUntil(
    `all ${count} rows are in the list`,
    () =>
      page.evaluate<boolean>(`(() => {
        const scroller = document.querySelector('[role=table] [tabindex="0"]');
        scroller.scrollTop = scroller.scrollHeight;
        return Number(document.querySelector('[role=table]').getAttribute('aria-rowcount')) > ${count};
      })()`),
    { deadlineMs: loadDeadlineMs },
  )
  return performance.now() - startedAtMs
}

interface Turn {
  readonly intervalsMs: readonly number[]
  readonly rowsInPage: number
}

async function scroll(page: Page, frames: number): Promise<ScrollFigures> {
  await page.bringToFront()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const workedS = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  }
  const before = await workedS()
  const { intervalsMs, rowsInPage } = await page.evaluate<Turn>(`new Promise((resolve) => {
    const scroller = document.querySelector('[role=table] [tabindex="0"]');
    const intervalsMs = [];
    let rowsInPage = 0, direction = 1, lastMs = null;
    scroller.scrollTop = 0;
    const onFrame = (nowMs) => {
      if (lastMs !== null) intervalsMs.push(nowMs - lastMs);
      lastMs = nowMs;
      rowsInPage = Math.max(rowsInPage, scroller.querySelectorAll('[role=row]').length);
      if (intervalsMs.length >= ${frames}) return resolve({ intervalsMs, rowsInPage });
      const end = scroller.scrollHeight - scroller.clientHeight;
      if (scroller.scrollTop >= end - 1) direction = -1;
      else if (scroller.scrollTop <= 0) direction = 1;
      scroller.scrollTop += direction * ${stepPx};
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  })`)
  const workMs = ((await workedS()) - before) * 1000
  await devtools.detach()
  const missed = intervalsMs.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0)
  return {
    rowsInPage,
    missedShare: missed / (missed + intervalsMs.length),
    workMsPerFrame: workMs / intervalsMs.length,
  }
}

function middle(turns: readonly ScrollFigures[]): ScrollFigures {
  const of = (read: (turn: ScrollFigures) => number): number => quantile(turns.map(read), 0.5)
  return {
    rowsInPage: Math.max(...turns.map(({ rowsInPage }) => rowsInPage)),
    missedShare: of(({ missedShare }) => missedShare),
    workMsPerFrame: of(({ workMsPerFrame }) => workMsPerFrame),
  }
}

export function printScrolling({ rows, rowsBeside, loadedInMs, long, short }: ScrollingFigures): string {
  const line = (count: number, { rowsInPage, missedShare, workMsPerFrame }: ScrollFigures): string =>
    `${count} rows: ${rowsInPage} in the page at most, ${(missedShare * 100).toFixed(1)} % of the frames missed, ${workMsPerFrame.toFixed(2)} ms of work for each`
  return [
    `all ${rows} rows were in the list ${(loadedInMs / 1000).toFixed(1)} s after the first`,
    line(rowsBeside, short),
    line(rows, long),
    `work for a frame, ${rows} rows to ${rowsBeside}: ${(long.workMsPerFrame / short.workMsPerFrame).toFixed(2)}`,
    '',
  ].join('\n')
}
