import { expect, test } from 'vitest'
import { describeFinding, sayCheck } from './describe-check.ts'

const finding = (verdict: 'pass' | 'warn' | 'fail') => ({
  ...{ name: 'tampered' as const, verdict, message: '' },
  ...{ request: null, response: null },
})

test('a finding has a title, and a verdict in words', () => {
  expect(describeFinding(finding('fail'))).toEqual({
    ...{ title: 'A changed body', tone: 'bad', word: 'Not as it should be' },
  })
})

test.each([
  [null, [], null],
  ['pass' as const, [finding('pass'), finding('pass')], 'All 2 findings are as they should be.'],
  ['warn' as const, [finding('pass'), finding('warn')], 'Of 2 findings 1 could be better.'],
  [
    'fail' as const,
    [finding('fail'), finding('warn'), finding('fail')],
    'Of 3 findings 2 are not as they should be, and 1 could be better.',
  ],
  ['fail' as const, [finding('fail'), finding('pass')], 'Of 2 findings 1 is not as it should be.'],
])('a check of verdict %s', (verdict, findings, says) => {
  expect(sayCheck({ verdict, findings })).toBe(says)
})
