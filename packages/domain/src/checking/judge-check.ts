/**
 * What the probes of a check say about a receiver: a verdict and one sentence for each. Pure.
 *
 * Invariants
 *   J1. A receiver that verifies what it gets and answers 2xx to what it has already passes everything.
 *   J2. What must be refused passes only beside a right request that was accepted: who refuses everything has shown nothing.
 *   J3. Whatever is wrong fails with a sentence that says what to do.
 *   J4. That an overlap may end is said only of a receiver that accepted what the new secret alone had signed, and refused what was
 *       not rightly signed.
 */
import {
  allProbes,
  type CheckProbe,
  type CheckSeries,
  isAccepted,
  type ProbeResult,
  probesOf,
} from './check-probe.ts'

export const checkVerdicts = ['pass', 'warn', 'fail'] as const
export type CheckVerdict = (typeof checkVerdicts)[number]

export type CheckName = CheckProbe | 'timing'
/** In the order in which they are told. A check without an overlap has none of the two of secrets. */
export const checkNames: readonly CheckName[] = [...allProbes, 'timing']

export interface CheckFinding {
  readonly name: CheckName
  readonly verdict: CheckVerdict
  /** One sentence, with what to do where something is to be done. */
  readonly message: string
}

export interface CheckTerms {
  /** Of one request to this endpoint. */
  readonly timeoutMs: number
  /** What was sent; without overlap by default. */
  readonly series?: CheckSeries | undefined
  /** False where the profile's own signature has no time in it: only `webhook-timestamp` tells the age. */
  readonly signsTime: boolean
}

/** A receiver that takes half of its time when nothing is going on has none left under load. */
const slowShare = 0.5

/** `results`: of the first probes in their order, as `nextProbe` led through them; at least one. In the order of `checkNames`. */
export function judgeCheck(results: readonly ProbeResult[], terms: CheckTerms): readonly CheckFinding[] {
  const [valid] = results
  const isProven = valid !== undefined && isAccepted(valid)
  const findings = probesOf(terms.series ?? 'plain').map((name, index): CheckFinding => {
    const result = results[index]
    if (result === undefined) return warn(name, untried(valid))
    if (name === 'valid') return judgeValid(result, terms)
    if (name === 'duplicate') return judgeDuplicate(result, isProven)
    if (name === 'new_secret') return judgeNewSecret(result, isProven)
    if (name === 'old_secret') return judgeOldSecret(result, results)
    return judgeRefusal(name, { result, isProven, terms })
  })
  return [...findings, judgeTiming(results, terms)]
}

/** The worst of them. */
export function overallVerdict(findings: readonly CheckFinding[]): CheckVerdict {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 'fail'
  return findings.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'pass'
}

function judgeValid(result: ProbeResult, { timeoutMs }: CheckTerms): CheckFinding {
  const { status } = result
  if (isAccepted(result)) return pass('valid', `A right request was accepted with ${status}.`)
  if (status === null) return fail('valid', `No answer came${because(result)}; ${wayTo(result, timeoutMs)}.`)
  if (status >= 300 && status <= 399)
    return fail(
      'valid',
      `A right request was answered with ${status}; redirects are not followed, so register the URL that it leads to.`,
    )
  if (status === 401 || status === 403)
    return fail(
      'valid',
      `A right request was refused with ${status}; check that the secret is this webhook's and that the signature is verified over the raw body, before it is parsed.`,
    )
  if (status === 404 || status === 405)
    return fail('valid', `A right request was answered with ${status}; check that the URL takes POST.`)
  if (status >= 500)
    return fail('valid', `A right request was answered with ${status}; look into the receiver's own log.`)
  return fail(
    'valid',
    `A right request was refused with ${status}; answer 2xx to every event that is rightly signed, also of types that you do not use.`,
  )
}

function judgeDuplicate(result: ProbeResult, isProven: boolean): CheckFinding {
  if (isAccepted(result) && isProven)
    return pass('duplicate', `The same webhook-id was accepted a second time with ${result.status}.`)
  if (isAccepted(result))
    return warn(
      'duplicate',
      'The second request was accepted although the first was not; this proves nothing.',
    )
  if (!isProven) return warn('duplicate', 'It was not accepted, but neither was the first; mend that first.')
  return fail(
    'duplicate',
    `The same webhook-id was not accepted a second time (${answerOf(result)}); answer 2xx to what you have already, or it is sent again and again.`,
  )
}

function judgeNewSecret(result: ProbeResult, isProven: boolean): CheckFinding {
  const what = 'A request that the new secret alone had signed'
  if (isAccepted(result))
    return isProven
      ? pass('new_secret', `${what} was accepted with ${result.status}.`)
      : warn('new_secret', `${what} was accepted although a right request was not; this proves nothing.`)
  return warn(
    'new_secret',
    `${what} was not accepted (${answerOf(result)}); give the receiver the new secret before the old one ends.`,
  )
}

/** Either is right, as long as the receiver has the new one. */
function judgeOldSecret(result: ProbeResult, results: readonly ProbeResult[]): CheckFinding {
  const what = 'A request that the old secret alone had signed'
  if (isAccepted(result))
    return pass(
      'old_secret',
      `${what} was accepted with ${result.status}; that is right until the overlap ends.`,
    )
  const fresh = results[allProbes.indexOf('new_secret')]
  return fresh !== undefined && isAccepted(fresh)
    ? pass('old_secret', `${what} was not accepted (${answerOf(result)}): the receiver has changed over.`)
    : warn('old_secret', `${what} was not accepted (${answerOf(result)}), and one of the new secret neither.`)
}

/** Which secrets of an overlap the receiver verifies with; `unproven` where its answers do not tell. */
export const acceptedSecrets = ['both', 'new', 'old', 'none', 'unproven'] as const
type AcceptedSecrets = (typeof acceptedSecrets)[number]

export interface OverlapJudgement {
  readonly accepts: AcceptedSecrets
  /** What it is, and whether the overlap may end. */
  readonly message: string
}

/** Of a series with an overlap; `results` as in `judgeCheck`. */
export function judgeOverlap(results: readonly ProbeResult[]): OverlapJudgement {
  const resultOf = (probe: CheckProbe): ProbeResult | undefined => results[allProbes.indexOf(probe)]
  const [fresh, old] = [resultOf('new_secret'), resultOf('old_secret')]
  if (fresh === undefined || old === undefined || fresh.status === null || old.status === null)
    return unproven('not every request had an answer. Do not end the overlap yet.')
  const wrong = [resultOf('tampered'), resultOf('unsigned')]
  if (wrong.some((result) => result !== undefined && isAccepted(result)))
    return unproven('it accepts also what is not rightly signed. Mend that first.')
  const accepts = isAccepted(fresh) ? (isAccepted(old) ? 'both' : 'new') : isAccepted(old) ? 'old' : 'none'
  return { accepts, message: overlapWords[accepts] }
}

function unproven(why: string): OverlapJudgement {
  return {
    accepts: 'unproven',
    message: `It can not be told which secret your receiver verifies with: ${why}`,
  }
}

const overlapWords: Readonly<Record<Exclude<AcceptedSecrets, 'unproven'>, string>> = {
  both: 'Your receiver accepts the new secret, and the old one, too: you may end the overlap, and then take the old secret out of the receiver.',
  new: 'Your receiver accepts the new secret, and the old one no more: you may end the overlap.',
  old: 'Your receiver still verifies only with the old secret: do not end the overlap yet. Give it the new secret first.',
  none: 'Your receiver accepts neither what the new secret nor what the old one has signed: do not end the overlap yet. Look at the secret that it has.',
}

interface Refusal {
  readonly result: ProbeResult
  readonly isProven: boolean
  readonly terms: CheckTerms
}

const sent: Readonly<Record<'tampered' | 'stale' | 'unsigned', string>> = {
  tampered: 'A body that was altered after signing',
  stale: 'A request that was signed an hour ago',
  unsigned: 'A request without a signature',
}

const remedies: Readonly<Record<keyof typeof sent, string>> = {
  tampered: 'verify the signature over the raw body before you use it',
  stale:
    'refuse a webhook-timestamp that is more than five minutes off, or a recorded request can be played again',
  unsigned: 'refuse what has no webhook-signature',
}

function judgeRefusal(name: keyof typeof sent, { result, isProven, terms }: Refusal): CheckFinding {
  const what = sent[name]
  if (isAccepted(result)) {
    const message = `${what} was accepted with ${result.status}; ${remedies[name]}.`
    // The brand's own signature can't tell; the standard one beside it can.
    return name === 'stale' && !terms.signsTime ? warn(name, message) : fail(name, message)
  }
  if (!isProven)
    return warn(name, `${what} was not accepted, but neither was a right request; this proves nothing.`)
  if (result.status !== null && result.status >= 400 && result.status <= 499)
    return pass(name, `${what} was refused with ${result.status}.`)
  return warn(
    name,
    `${what} was not accepted (${answerOf(result)}); answer 400 or 401, so that it does not look like a fault.`,
  )
}

function judgeTiming(results: readonly ProbeResult[], { timeoutMs }: CheckTerms): CheckFinding {
  if (results.some(({ errorClass }) => errorClass === 'timeout'))
    return fail(
      'timing',
      `A request had no answer within ${seconds(timeoutMs)}; answer first and work afterwards.`,
    )
  const answered = results.filter(({ status }) => status !== null)
  if (answered.length === 0) return warn('timing', 'No request was answered, so there is no time to tell.')
  const slowestMs = Math.max(...answered.map(({ totalMs }) => totalMs))
  const message = `The slowest answer took ${Math.round(slowestMs)} ms of the ${timeoutMs} that there are`
  return slowestMs > timeoutMs * slowShare
    ? warn('timing', `${message}; answer first and work afterwards.`)
    : pass('timing', `${message}.`)
}

function untried(valid: ProbeResult | undefined): string {
  return valid?.status === null
    ? 'It was not sent, because the first request had no answer.'
    : 'It was not sent, because the answers before took too long together.'
}

function answerOf(result: ProbeResult): string {
  return result.status === null ? `no answer${because(result)}` : `status ${result.status}`
}

function because({ errorClass }: ProbeResult): string {
  return errorClass === null ? '' : ` (${errorClass})`
}

function wayTo({ errorClass }: ProbeResult, timeoutMs: number): string {
  switch (errorClass) {
    case 'dns':
      return 'check the host name in the URL'
    case 'tls':
      return 'check the certificate, its chain and its host name'
    case 'timeout':
      return `answer within ${seconds(timeoutMs)}`
    case 'blocked_address':
      return 'the URL must lead to a public address'
    case 'internal':
      return 'this is a fault on our side, so try again'
    default:
      return 'check that the receiver runs and that its firewall lets requests through'
  }
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`
}

function pass(name: CheckName, message: string): CheckFinding {
  return { name, verdict: 'pass', message }
}

function warn(name: CheckName, message: string): CheckFinding {
  return { name, verdict: 'warn', message }
}

function fail(name: CheckName, message: string): CheckFinding {
  return { name, verdict: 'fail', message }
}
