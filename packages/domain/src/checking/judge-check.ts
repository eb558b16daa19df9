/**
 * What the probes of a check say about a receiver: a verdict and one sentence for each. Pure.
 *
 * Invariants
 *   J1. A receiver that verifies what it gets and answers 2xx to what it has already passes everything.
 *   J2. What must be refused passes only beside a right request that was accepted: who refuses everything has shown nothing.
 *   J3. Whatever is wrong fails with a sentence that says what to do.
 */
import { type CheckProbe, checkProbes, isAccepted, type ProbeResult } from './check-probe.ts'

export const checkVerdicts = ['pass', 'warn', 'fail'] as const
export type CheckVerdict = (typeof checkVerdicts)[number]

export type CheckName = CheckProbe | 'timing'
export const checkNames: readonly CheckName[] = [...checkProbes, 'timing']

export interface CheckFinding {
  readonly name: CheckName
  readonly verdict: CheckVerdict
  /** One sentence, with what to do where something is to be done. */
  readonly message: string
}

export interface CheckTerms {
  /** Of one request to this endpoint. */
  readonly timeoutMs: number
  /** False where the profile's own signature has no time in it: only `webhook-timestamp` tells the age. */
  readonly signsTime: boolean
}

/** A receiver that takes half of its time when nothing is going on has none left under load. */
const slowShare = 0.5

/** `results`: of the first probes in their order, as `nextProbe` led through them; at least one. In the order of `checkNames`. */
export function judgeCheck(results: readonly ProbeResult[], terms: CheckTerms): readonly CheckFinding[] {
  const [valid] = results
  const isProven = valid !== undefined && isAccepted(valid)
  const findings = checkProbes.map((name, index): CheckFinding => {
    const result = results[index]
    if (result === undefined) return warn(name, untried(valid))
    if (name === 'valid') return judgeValid(result, terms)
    if (name === 'duplicate') return judgeDuplicate(result, isProven)
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

interface Refusal {
  readonly result: ProbeResult
  readonly isProven: boolean
  readonly terms: CheckTerms
}

const sent: Readonly<Record<Exclude<CheckProbe, 'valid' | 'duplicate'>, string>> = {
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
