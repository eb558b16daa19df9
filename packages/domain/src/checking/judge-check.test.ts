import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CheckProbe, checkProbes, nextProbe, type ProbeResult } from './check-probe.ts'
import { type CheckTerms, type CheckVerdict, checkNames, judgeCheck, overallVerdict } from './judge-check.ts'

const terms: CheckTerms = { timeoutMs: 15_000, signsTime: true }
const answered = (status: number, totalMs = 20): ProbeResult => ({ status, errorClass: null, totalMs })
const failed = (errorClass: string, totalMs = 5): ProbeResult => ({ status: null, errorClass, totalMs })

type Receiver = (probe: CheckProbe) => ProbeResult

/** Led through the series as the dispatcher is. */
function probed(receiver: Receiver): readonly ProbeResult[] {
  const results: ProbeResult[] = []
  for (let probe = nextProbe(results); probe !== null; probe = nextProbe(results))
    results.push(receiver(probe))
  return results
}

function verdicts(receiver: Receiver, on: CheckTerms = terms): Readonly<Record<string, CheckVerdict>> {
  const findings = judgeCheck(probed(receiver), on)
  expect(findings.map(({ name }) => name)).toEqual(checkNames)
  return Object.fromEntries(findings.map(({ name, verdict }) => [name, verdict]))
}

const overall = (receiver: Receiver): CheckVerdict => overallVerdict(judgeCheck(probed(receiver), terms))

const isRight = (probe: CheckProbe): boolean => probe === 'valid' || probe === 'duplicate'
const verifying: Receiver = (probe) => answered(isRight(probe) ? 204 : 401)
const everything = (verdict: CheckVerdict): Readonly<Record<string, CheckVerdict>> =>
  Object.fromEntries(checkNames.map((name) => [name, verdict]))

test('J1: a receiver that verifies properly passes everything', () => {
  expect(verdicts(verifying)).toEqual(everything('pass'))
  expect(overall(verifying)).toBe('pass')
})

test('J3: a receiver that verifies nothing fails what it should have refused', () => {
  expect(verdicts(() => answered(200))).toEqual({
    ...everything('pass'),
    ...{ tampered: 'fail', stale: 'fail', unsigned: 'fail' },
  })
})

test('J2, J3: a receiver that refuses everything has shown nothing but that', () => {
  expect(verdicts(() => answered(401))).toEqual({ ...everything('warn'), valid: 'fail', timing: 'pass' })
  expect(overall(() => answered(401))).toBe('fail')
})

test('J3: a receiver that is down is asked once', () => {
  for (const errorClass of ['connect', 'dns', 'tls', 'reset', 'blocked_address']) {
    const down: Receiver = () => failed(errorClass)
    expect(probed(down)).toHaveLength(1)
    expect(verdicts(down)).toEqual({ ...everything('warn'), valid: 'fail' })
  }
})

test('J3: a receiver that does not answer in time fails its timing, too', () => {
  const hanging: Receiver = () => failed('timeout', 15_000)
  expect(probed(hanging)).toHaveLength(1)
  expect(verdicts(hanging)).toEqual({ ...everything('warn'), valid: 'fail', timing: 'fail' })
})

test('J3: a receiver that is slow is warned, and one that is slower is not asked everything', () => {
  const slow: Receiver = (probe) => ({ ...verifying(probe), totalMs: 7_600 })
  expect(verdicts(slow)).toEqual({ ...everything('pass'), stale: 'warn', unsigned: 'warn', timing: 'warn' })
  const slower: Receiver = (probe) => ({ ...verifying(probe), totalMs: 14_000 })
  expect(probed(slower)).toHaveLength(2)
})

test('J3: a receiver that redirects is told to register the other URL', () => {
  const [valid] = judgeCheck(
    probed(() => answered(302)),
    terms,
  )
  expect(valid).toMatchObject({
    verdict: 'fail',
    message: expect.stringContaining('redirects are not followed'),
  })
  expect(verdicts(() => answered(302))).toEqual({ ...everything('warn'), valid: 'fail', timing: 'pass' })
})

test('J3: a receiver that refuses what it has already is told to accept it', () => {
  const strict: Receiver = (probe) => (probe === 'duplicate' ? answered(409) : verifying(probe))
  expect(verdicts(strict)).toEqual({ ...everything('pass'), duplicate: 'fail' })
})

test('J3: a refusal that looks like a fault is a warning', () => {
  for (const refusal of [answered(500), answered(302), failed('reset')]) {
    const clumsy: Receiver = (probe) => (isRight(probe) ? answered(200) : refusal)
    expect(verdicts(clumsy)).toEqual({
      ...everything('pass'),
      ...{ tampered: 'warn', stale: 'warn', unsigned: 'warn' },
    })
  }
})

test('J3: where the brand signs no time, an old request that is accepted is a warning', () => {
  const timeless: Receiver = (probe) => (probe === 'stale' ? answered(200) : verifying(probe))
  expect(verdicts(timeless, { ...terms, signsTime: false })).toEqual({ ...everything('pass'), stale: 'warn' })
  expect(verdicts(timeless)).toEqual({ ...everything('pass'), stale: 'fail' })
})

const result: fc.Arbitrary<ProbeResult> = fc.oneof(
  fc.record({
    status: fc.constantFrom(200, 204, 302, 400, 401, 404, 410, 500, 503),
    errorClass: fc.constant(null),
    totalMs: fc.nat({ max: 15_000 }),
  }),
  fc.record({
    status: fc.constant(null),
    errorClass: fc.constantFrom('dns', 'connect', 'tls', 'timeout', 'reset', 'protocol', 'internal'),
    totalMs: fc.nat({ max: 15_000 }),
  }),
)
const receivers = fc.array(result, { minLength: 5, maxLength: 5 })

test('C1, C2: a series asks in order, ends, and begins nothing after 20 s', () => {
  fc.assert(
    fc.property(receivers, (answers) => {
      const results = probed((probe) => answers[checkProbes.indexOf(probe)] ?? answered(200))
      expect(results).toEqual(answers.slice(0, results.length))
      expect(results.length).toBeGreaterThan(0)
      const before = results.slice(0, -1).reduce((sum, { totalMs }) => sum + totalMs, 0)
      expect(before).toBeLessThan(20_000)
      expect(nextProbe(results)).toBeNull()
    }),
  )
})

test('J2: nothing that must be refused passes unless a right request was accepted', () => {
  fc.assert(
    fc.property(receivers, fc.boolean(), (answers, signsTime) => {
      const results = probed((probe) => answers[checkProbes.indexOf(probe)] ?? answered(200))
      const findings = judgeCheck(results, { ...terms, signsTime })
      const passed = findings.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name)
      if (!passed.includes('valid')) expect(passed.filter((name) => name !== 'timing')).toEqual([])
      for (const { message } of findings) expect(message).toMatch(/^[A-Z].*\.$/)
    }),
  )
})
