import { expect, test } from 'vitest'
import { scanTally } from './scan-tally.ts'

test('a read without a scan is missing, a second scan is one too many, and one does not make up for the other', () => {
  const tally = scanTally([
    { run: 'sustained', sent: 10 },
    { run: 'portal', sent: 2 },
  ])
  for (const number of [0, 1, 2, 3, 4, 6, 7, 8, 9, 9]) tally.take(`sustained-${number}`)
  for (const id of ['portal-0', 'portal-1', 'portal-2', 'other-1', 'probe', 'walk-1-2']) tally.take(id)
  expect(tally.audits()).toEqual([
    { run: 'sustained', sent: 10, scans: 10, missing: 1, duplicates: 1 },
    { run: 'portal', sent: 2, scans: 2, missing: 0, duplicates: 0 },
  ])
})
