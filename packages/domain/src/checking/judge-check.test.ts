import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointId } from '../ids.ts'
import {
  allProbes,
  type CheckProbe,
  nextProbe,
  type ProbeResult,
  renderCheckData,
  seriesIn,
} from './check-probe.ts'
import {
  type CheckTerms,
  type CheckVerdict,
  checkNames as everyName,
  judgeCheck,
  judgeOverlap,
  overallVerdict,
} from './judge-check.ts'

const terms: CheckTerms = { timeoutMs: 15_000, signsTime: true }
const answered = (status: number, totalMs = 20): ProbeResult => ({ status, errorClass: null, totalMs })
const failed = (errorClass: string, totalMs = 5): ProbeResult => ({ status: null, errorClass, totalMs })

/** Without an overlap. */
const checkNames = everyName.filter((name) => name !== 'new_secret' && name !== 'old_secret')

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
      const results = probed((probe) => answers[allProbes.indexOf(probe)] ?? answered(200))
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
      const results = probed((probe) => answers[allProbes.indexOf(probe)] ?? answered(200))
      const findings = judgeCheck(results, { ...terms, signsTime })
      const passed = findings.filter(({ verdict }) => verdict === 'pass').map(({ name }) => name)
      if (!passed.includes('valid')) expect(passed.filter((name) => name !== 'timing')).toEqual([])
      for (const { message } of findings) expect(message).toMatch(/^[A-Z].*\.$/)
    }),
  )
})

/** Led through the series of an overlap. */
function overlapping(receiver: Receiver): readonly ProbeResult[] {
  const results: ProbeResult[] = []
  for (let probe = nextProbe(results, 'overlap'); probe !== null; probe = nextProbe(results, 'overlap'))
    results.push(receiver(probe))
  return results
}

/** Verifies rightly, and has these secrets. */
const having =
  (...secrets: readonly ('new' | 'old')[]): Receiver =>
  (probe) => {
    if (probe === 'new_secret' || probe === 'old_secret')
      return answered(secrets.some((secret) => probe.startsWith(secret)) ? 204 : 401)
    // What both have signed is verified by either.
    return answered(isRight(probe) && secrets.length > 0 ? 204 : 401)
  }

const secretVerdicts = (receiver: Receiver) =>
  Object.fromEntries(
    judgeCheck(overlapping(receiver), { ...terms, series: 'overlap' })
      .filter(({ name }) => name.endsWith('_secret'))
      .map(({ name, verdict }) => [name, verdict]),
  )

test.each([
  ['both', having('new', 'old'), { new_secret: 'pass', old_secret: 'pass' }],
  ['new', having('new'), { new_secret: 'pass', old_secret: 'pass' }],
  ['old', having('old'), { new_secret: 'warn', old_secret: 'pass' }],
  ['none', having(), { new_secret: 'warn', old_secret: 'warn' }],
] as const)('J4: a receiver that has %s of the secrets is told apart', (accepts, receiver, expected) => {
  const judged = judgeOverlap(overlapping(receiver))
  expect(judged.accepts).toBe(accepts)
  expect(judged.message.includes('you may end the overlap')).toBe(accepts === 'both' || accepts === 'new')
  expect(secretVerdicts(receiver)).toEqual(expected)
})

test('J4: whatever a receiver answers, that the overlap may end is said only where its answers prove it', () => {
  const anyAnswer = fc.oneof(
    fc.constantFrom(200, 204, 302, 400, 401, 500).map((status) => answered(status)),
    fc.constantFrom('timeout', 'internal').map((errorClass) => failed(errorClass, 15_000)),
  )
  fc.assert(
    fc.property(fc.array(anyAnswer, { minLength: 7, maxLength: 7 }), (answers) => {
      const results = overlapping((probe) => answers[allProbes.indexOf(probe)] ?? answered(200))
      const { accepts, message } = judgeOverlap(results)
      const isOk = (probe: CheckProbe): boolean => {
        const status = results[allProbes.indexOf(probe)]?.status ?? 0
        return status >= 200 && status <= 299
      }
      const mayEnd = isOk('new_secret') && !isOk('tampered') && !isOk('unsigned')
      if (message.includes('you may end the overlap')) expect(mayEnd).toBe(true)
      if (results.length < allProbes.length) expect(accepts).toBe('unproven')
    }),
  )
})

test('a receiver that refuses nothing proves nothing of its secrets, and one that is down neither', () => {
  expect(judgeOverlap(overlapping(() => answered(200))).accepts).toBe('unproven')
  expect(judgeOverlap(overlapping(() => failed('connect'))).accepts).toBe('unproven')
  // The old secret ended meanwhile: nothing could be signed with it.
  const ended: Receiver = (probe) => (probe === 'old_secret' ? failed('internal', 0) : having('new')(probe))
  expect(judgeOverlap(overlapping(ended)).accepts).toBe('unproven')
})

test('C3: which series a check has is read from its event', () => {
  const id = endpointId(7)
  expect([seriesIn(renderCheckData(id)), seriesIn(renderCheckData(id, 'overlap'))]).toEqual([
    ...['plain', 'overlap'],
  ])
  expect(nextProbe(Array.from({ length: 5 }, () => answered(200)))).toBeNull()
})
