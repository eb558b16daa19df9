/** The tables of docs/reference/profiles.md about retries are the policies of the code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { failedWith, respondedWith } from '@scanhook/testkit/outcomes'
import { expect, test } from 'vitest'
import { type AttemptOutcome, attemptErrorClasses } from '../attempt.ts'
import { breakerVerdict } from '../breaking/breaker-verdict.ts'
import { profiles } from '../profile.ts'
import { decideNext } from './decide-next.ts'
import { endpointPauseMs, endpointSignal } from './endpoint-signal.ts'
import { deadlineAfterMs, scheduledDelayMs } from './schedule.ts'
import { retryTiers } from './tiers.ts'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/profiles.md'), 'utf8')
const unitMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 }

/** `2 min 15 s` → ms. */
function durationMs(text: string): number {
  return [...text.matchAll(/(\d+) (s|min|h)\b/g)].reduce(
    (sum, part) => sum + Number(part[1]) * (unitMs[part[2] ?? ''] ?? Number.NaN),
    0,
  )
}

test('the waits of the exponential schedule', () => {
  const rows = [...page.matchAll(/^\| (\d+) \| (\d[^|]*) \| ([^|]+) \|$/gm)]
  expect(rows).toHaveLength(11)
  let atMs = 0
  for (const row of rows) {
    const waitMs = scheduledDelayMs(profiles.standard.retry, Number(row[1]) - 1) ?? Number.NaN
    atMs += waitMs
    // Rounded to the minute once a wait is longer than an hour and a half.
    expect(Math.abs(durationMs(row[2] ?? '') - waitMs)).toBeLessThan(waitMs > 5_400_000 ? 60_000 : 1)
    expect(Math.abs(durationMs(row[3] ?? '') - atMs)).toBeLessThan(atMs > 5_400_000 ? 60_000 : 1)
  }
})

test('the Trackberry table and the tiers', () => {
  const table = /exactly ([^.]+) after the respective/.exec(page)?.[1] ?? ''
  const said = table.split(/, | and /).map(durationMs)
  const policy = profiles.trackberry.retry
  expect(policy.kind === 'table' ? said : []).toEqual(policy.kind === 'table' ? policy.delaysMs : [])
  const tiers = /largest of the tiers ([^.]+) that fits/.exec(page)?.[1] ?? ''
  expect(tiers.split(', ').map(durationMs)).toEqual(retryTiers.map((tier) => tier.durationMs))
})

test('the timeouts', () => {
  const row = /^\| timeout of an attempt \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/m.exec(page)?.slice(1) ?? []
  const { standard, trakrf, trackberry } = profiles
  expect(row.map(durationMs)).toEqual([standard.timeoutMs, trakrf.timeoutMs, trackberry.timeoutMs])
})

test('the deadlines', () => {
  const said = /`standard` and `trakrf`: ([^.]+?) after the first attempt began. `trackberry`: ([^,]+),/.exec(
    page,
  )
  expect(durationMs(said?.[1] ?? '')).toBe(deadlineAfterMs(profiles.standard.retry))
  expect(durationMs(said?.[2] ?? '')).toBe(deadlineAfterMs(profiles.trackberry.retry))
})

const responses = Array.from({ length: 500 }, (_, index): [string, AttemptOutcome] => {
  const status = 100 + index
  return [`${status}`, respondedWith(status, { retryAfterMs: 1 })]
})
const failures = attemptErrorClasses.map((errorClass): [string, AttemptOutcome] => {
  return [errorClass, failedWith(errorClass)]
})

/** The rows' cells by what they are about: `503`, `4xx`, `timeout`. */
const rows = new Map(
  [
    ...page.matchAll(
      /^\| ([^|]+) \| ((?:delivered|retry|dead)[^|]*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm,
    ),
  ].flatMap(([, about = '', ...cells]) =>
    about
      .split(', ')
      .map((each): [string, string[]] => [each.replace('every other ', '').replaceAll('`', ''), cells]),
  ),
)

const sizes = { grow: 'one more', steady: 'as before', shrink: 'a tenth less', halve: 'half' } as const
const heard = { success: 'success', failure: 'failure', none: 'nothing' } as const

test.each([...responses, ...failures])('what follows %s', (name, outcome) => {
  const row = rows.get(name) ?? rows.get(`${name[0]}xx`)
  const context = { attemptNumber: 1, firstAttemptAtMs: 0, nowMs: 0, random: 0.5, scale: 1 }
  const next = decideNext(outcome, { ...context, policy: profiles.standard.retry })
  const size = sizes[endpointSignal(outcome)]
  expect(row).toEqual([
    next.kind === 'dead' ? `dead: \`${next.reason}\`` : next.kind,
    'yes',
    // Any attempt that did not deliver counts, see `judge-endpoint.ts`.
    next.kind === 'delivered' ? 'no, clears it' : expect.stringMatching(/^yes/),
    endpointPauseMs(outcome) > 0 ? `${size}; \`Retry-After\` pauses the endpoint` : size,
    heard[breakerVerdict(outcome)],
  ])
})
