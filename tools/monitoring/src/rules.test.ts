import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boardUids, runbookName } from './alert.ts'
import { problemsOf, readKnownMetrics, root } from './known-metrics.ts'
import { providePrometheus } from './provide-prometheus.ts'
import { alerts, renderAlone, renderRules, ruleGroups } from './render-rules.ts'
import { hasSilentCase, renderCases } from './rule-cases.ts'

const known = await readKnownMetrics()
const programs = await providePrometheus()
/** What runs without promtool is run anyhow; the reason stands in the title of what is not. */
const withPromtool = programs.kind === 'here' ? test : test.skip
const unless = programs.kind === 'here' ? '' : ` (skipped: ${programs.reason})`

test('the committed rules are what tools/monitoring makes', () => {
  for (const { path, text } of renderRules()) expect(readFileSync(join(root, path), 'utf8'), path).toBe(text)
})

test.each(alerts.map((alert) => [`${alert.name} ${alert.variant ?? ''}`.trim(), alert] as const))(
  '%s: its expression parses, its metrics and labels exist in the code, and it says what people need',
  (_title, alert) => {
    expect(problemsOf(alert.expr, known)).toEqual([])
    expect(alert.summary.length, 'a summary fits on a phone').toBeLessThan(120)
    expect(alert.description.length).toBeGreaterThan(60)
    expect(boardUids).toContain(alert.dashboard)
    for (const { series } of hasSilentCase(alert) ? [alert.firing, alert.silent] : [alert.firing]) {
      expect(
        Object.keys(series).flatMap((text) =>
          problemsOf(`rate(${text}[5m])`, known).filter((each) => !each.startsWith('up')),
        ),
      ).toEqual([])
    }
  },
)

test('recorded expressions parse, and their metrics and labels exist in the code', () => {
  const found = ruleGroups.flatMap(({ recordings }) =>
    recordings.flatMap(({ expr }) => problemsOf(expr, known)),
  )
  expect(found).toEqual([])
})

test('an expression that does not parse, an unknown metric, an unknown label and a bare counter are reported', () => {
  expect(problemsOf('sum(rate(', known)).not.toEqual([])
  expect(problemsOf('scanhook_nonsense', known)).toEqual(['scanhook_nonsense does not exist'])
  expect(problemsOf('scanhook_breakers{nonsense="1"}', known)).toEqual([
    'scanhook_breakers has no label nonsense',
  ])
  expect(problemsOf('sum by (tier) (scanhook_breakers)', known)).toEqual(['nothing in it has the label tier'])
  expect(problemsOf('scanhook_attempts_total > 1', known)).toEqual([
    'scanhook_attempts_total is a counter and stands under no rate',
  ])
})

test('alerts with one name are told apart by their window', () => {
  const ids = alerts.map(({ name, variant }) => `${name}/${variant ?? ''}`)
  expect(ids).toEqual([...new Set(ids)])
})

test('every alert has a runbook, and every page that asks "Is it us or them?" has its alert', () => {
  const folder = join(root, 'docs/runbooks')
  const wanted = new Set(alerts.map((alert) => `${runbookName(alert)}.md`))
  const question = '## Is it us or them?'
  const pages = readdirSync(folder).filter((name) =>
    readFileSync(join(folder, name), 'utf8').includes(question),
  )
  expect(pages.sort()).toEqual([...wanted].sort())
  for (const alert of alerts) {
    const page = readFileSync(join(folder, `${runbookName(alert)}.md`), 'utf8')
    expect(page.split('\n')[0]).toBe(`# ${alert.name}`)
    expect(page.indexOf('\n## '), `${alert.name} begins with the question`).toBe(
      page.indexOf(`\n${question}`),
    )
  }
})

withPromtool(`promtool: every alert fires when it should and is silent when it should be${unless}`, () => {
  if (programs.kind === 'missing') return
  const dir = mkdtempSync(join(tmpdir(), 'scanhook-rules-'))
  try {
    const run = (...words: string[]): string =>
      execFileSync(programs.promtool, words, { encoding: 'utf8', stdio: 'pipe' })
    const committed = renderRules().map(({ path }) => join(root, path))
    expect(run('check', 'rules', ...committed)).toContain('SUCCESS')
    const cases = alerts.map((alert, index) => {
      writeFileSync(join(dir, `${index}.rules.yaml`), renderAlone(alert))
      writeFileSync(join(dir, `${index}.yaml`), renderCases(alert, `${index}.rules.yaml`))
      return join(dir, `${index}.yaml`)
    })
    expect(run('test', 'rules', ...cases).match(/SUCCESS/g)).toHaveLength(alerts.length)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
