import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { explainAttempt, sayOutcome } from './explain-attempt.ts'

const none = {
  ...{ response_status: null, error_class: null, error_message: null, explanation: null },
  disposition: 'dead',
}
const { paths } = JSON.parse(
  readFileSync(
    new URL('../../../../../packages/specifications/documents/openapi.json', import.meta.url),
    'utf8',
  ),
)
const classes: readonly string[] = paths['/api/v1/attempts'].get.parameters.find(
  ({ name }: { readonly name?: string }) => name === 'error_class',
).schema.items.enum

test('the document names the classes that are gone through below', () => {
  expect(classes).toContain('timeout')
  expect(classes.length).toBeGreaterThanOrEqual(8)
})

test.each(classes)('the class %s has words and a fix of its own', (errorClass) => {
  const { what, fix } = explainAttempt({ ...none, error_class: errorClass })
  expect(what).toMatch(/^[A-Z].*\.$/)
  expect(fix).toMatch(/^[A-Z]/)
  expect(fix).not.toMatch(/does not know/)
})

test('what the sender said in particular comes before what is said in general', () => {
  const certificate = 'The TLS certificate has expired.'
  expect(explainAttempt({ ...none, error_class: 'tls', error_message: certificate }).what).toBe(certificate)
})

test.each(['quantum', 'constructor', '__proto__'])('a class of a newer API (%s) is named', (errorClass) => {
  const { what, fix } = explainAttempt({ ...none, error_class: errorClass })
  expect(what).toContain(errorClass)
  expect(fix).toContain('does not know')
})

test.each([
  [200, null],
  [302, /Redirects are not followed/],
  [401, /signature/],
  [410, /disabled/],
  [418, /refused/],
  [503, /Look at its log/],
])('the answer %s has its fix', (status, fix) => {
  const words = explainAttempt({ ...none, response_status: status })
  expect(words.what).toBe(`The endpoint answered ${status}.`)
  if (fix === null) expect(words.fix).toBeNull()
  else expect(words.fix).toMatch(fix)
})

test.each([{ response_status: 503 }, { error_class: 'internal' }])(
  'that it is tried again is said of what is: %o',
  (said) => {
    expect(explainAttempt({ ...none, ...said, disposition: 'retry' }).fix).toMatch(/tried again/)
    expect(explainAttempt({ ...none, ...said }).fix).not.toMatch(/tried again/)
  },
)

test('an outcome is a status, a class, or none', () => {
  expect([sayOutcome(503, null), sayOutcome(null, 'dns'), sayOutcome(null, null)]).toEqual([
    '503',
    'dns',
    'no request',
  ])
})
