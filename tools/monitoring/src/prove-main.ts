/**
 * `prove-main.ts --target URL[=JOB] … [--seconds N] [--shots DIR]`: a real Prometheus scrapes running processes for N seconds (120) by
 * the committed rules, then every query of every panel is asked. Prints those that have no data; exits with 1 when there are
 * some beside what this machine can't have. `--shots`: a picture of each board. `bin/up --detach` gives a target under load.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { root } from './known-metrics.ts'
import { photograph } from './photograph.ts'
import { providePrometheus } from './provide-prometheus.ts'
import { boards, scoped } from './render-boards.ts'
import { renderPage, type ShownPanel } from './render-page.ts'

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '120' },
    shots: { type: 'string' },
  },
})

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

/** Needs what is not here: a kubelet, a recorder that has kept days for an hour, tracing. */
const notHere = /kubelet_|oldest_partition|trace_spans/

const programs = await providePrometheus()
if (programs.kind === 'missing') throw new Error(programs.reason)
const dir = mkdtempSync(join(tmpdir(), 'scanhook-prometheus-'))
const port = await freePort()
writeFileSync(
  join(dir, 'prometheus.yml'),
  stringify({
    global: { scrape_interval: '2s', evaluation_interval: '5s' },
    rule_files: [join(root, 'deploy/helm/scanhook/files/rules/*.yaml')],
    scrape_configs: values.target.map((target) => {
      const [url = '', job = 'scanhook-scanhook'] = target.split('=')
      return { job_name: job, static_configs: [{ targets: [new URL(url).host] }] }
    }),
  }),
)
const child = spawn(
  programs.prometheus,
  [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
try {
  const endMs = Date.now() + Number(values.seconds) * 1_000
  while (Date.now() < endMs) await pause(1_000)
  const shown: ShownPanel[] = []
  for (const board of boards) {
    for (const panel of board.rows.flatMap(({ panels }) => panels)) {
      const asked = await Promise.all(
        panel.queries.map(async (query) => ({ ...query, series: await ask(query.expr) })),
      )
      shown.push({ board: board.title, panel, asked })
    }
  }
  const queries = shown.flatMap(({ board, panel, asked }) =>
    asked.map(({ expr, series }) => ({
      board,
      title: panel.title,
      expr,
      has: series.length > 0,
      isQuiet: series.every(({ values: points }) => points.every(([, text]) => text === 'NaN')),
    })),
  )
  const empty = queries.filter(({ has, expr }) => !has && !notHere.test(expr))
  for (const { board, title, expr } of empty) process.stdout.write(`no data: ${board} / ${title}: ${expr}\n`)
  const absent = queries.filter(({ expr }) => notHere.test(expr)).length
  process.stdout.write(
    `${queries.length - absent - empty.length} of ${queries.length - absent} queries of ${shown.length} panels have data; ${absent} need a kubelet, an hour or tracing\n`,
  )
  const quiet = queries.filter(({ has, isQuiet }) => has && isQuiet).length
  process.stdout.write(`of these ${quiet} are NaN throughout: a quantile or a ratio of what did not happen\n`)
  const exemplars = await get('query_exemplars', {
    query: 'scanhook_first_attempt_latency_seconds_bucket',
    start: String(Date.now() / 1_000 - 600),
    end: String(Date.now() / 1_000),
  })
  process.stdout.write(`exemplars: ${JSON.stringify(exemplars).match(/traceId/g)?.length ?? 0}\n`)
  if (values.shots !== undefined) {
    const folder = resolve(values.shots)
    mkdirSync(folder, { recursive: true })
    for (const board of boards) {
      const own = shown.filter((each) => each.board === board.title)
      const page = join(dir, `${board.uid}.html`)
      writeFileSync(page, renderPage(board, own))
      const problem = await photograph(page, join(folder, `${board.uid}.png`))
      if (problem !== null) process.stdout.write(`no picture of ${board.title}: ${problem}\n`)
    }
  }
  process.exitCode = empty.length === 0 ? 0 : 1
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  rmSync(dir, { recursive: true, force: true })
}

async function ask(expr: string): Promise<readonly Series[]> {
  const query = scoped(expr)
    .replaceAll('$__rate_interval', '30s')
    .replaceAll('$__range', `${values.seconds}s`)
    .replaceAll('$job', '.+')
    .replaceAll('$instance', '.+')
  const endS = Date.now() / 1_000
  const answer = await get('query_range', {
    query,
    start: String(endS - Math.min(600, Number(values.seconds))),
    end: String(endS),
    step: '5',
  })
  return (answer as { readonly result?: readonly Series[] }).result ?? []
}

async function get(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`)
  const body = (await response.json()) as {
    readonly status: string
    readonly data?: unknown
    readonly error?: string
  }
  if (body.status !== 'success') throw new Error(`${parameters['query']}: ${body.error}`)
  return body.data
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
