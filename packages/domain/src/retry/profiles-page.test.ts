/** The retry tables of docs/reference/profiles.md are the policies of the code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { profiles } from '../profile.ts'
import { scheduledDelayMs } from './schedule.ts'
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
