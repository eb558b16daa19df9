/** Which of a request's signatures hold. Pure. Knows the schemes only by the names of the headers that carry them. */
import { isHeaderPrefix } from '@scanhook/signing/header-prefix'
import { defaultToleranceS, type VerifyProblem, verify } from '@scanhook/signing/verify'

export interface Judgement {
  /** True: at least one signature is there and all that are there hold. Null: no secret is known. */
  readonly isVerified: boolean | null
  readonly verifiedBy: readonly string[]
  /** What is wrong with the others, for a person. */
  readonly problem: string | null
}

export interface Signed {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly secrets: readonly string[]
  readonly nowS: number
}

interface Scheme {
  readonly profile: 'standard' | 'trakrf' | 'trackberry'
  readonly headerPrefix: string | undefined
}

const words: Readonly<Record<VerifyProblem, string>> = {
  header_missing: 'one of its headers is missing',
  timestamp_unreadable: 'the timestamp can not be read',
  timestamp_out_of_tolerance: 'the timestamp is more than 5 minutes away from now',
  signature_mismatch: 'the signature does not match body, time and secret',
}

export function judgeSignatures({ headers, body, secrets, nowS }: Signed): Judgement {
  if (secrets.length === 0) {
    return { isVerified: null, verifiedBy: [], problem: 'the secret of this bin is not known' }
  }
  const schemes = schemesOf(headers)
  if (schemes.length === 0)
    return { isVerified: false, verifiedBy: [], problem: 'there is no signature header' }
  const verifiedBy: string[] = []
  const problems: string[] = []
  for (const { profile, headerPrefix } of schemes) {
    const verified = verify({
      profile,
      headers,
      body,
      secrets,
      nowS,
      toleranceS: defaultToleranceS,
      headerPrefix,
    })
    if (verified.ok) verifiedBy.push(profile)
    else problems.push(`${profile}: ${words[verified.problem]}`)
  }
  return {
    isVerified: problems.length === 0,
    verifiedBy,
    problem: problems.length === 0 ? null : problems.join('; '),
  }
}

const brandHeader = /^x-(.+)-signature$/

/** The schemes whose signature header is there. A brand's own header with a timestamp beside it is TrakRF's scheme. */
function schemesOf(headers: Readonly<Record<string, string>>): Scheme[] {
  const schemes: Scheme[] = []
  for (const name of Object.keys(headers)) {
    if (name === 'webhook-signature') schemes.push({ profile: 'standard', headerPrefix: undefined })
    const headerPrefix = brandHeader.exec(name)?.[1]
    if (headerPrefix === undefined || !isHeaderPrefix(headerPrefix)) continue
    const hasTimestamp = headers[`x-${headerPrefix}-timestamp`] !== undefined
    schemes.push({ profile: hasTimestamp ? 'trakrf' : 'trackberry', headerPrefix })
  }
  return schemes
}
