/** What a check of an endpoint found, in words that need no legend. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'
import { sayDuration } from '../../parts/say-relative.ts'

type Check = Pick<Model<'WebhookCheck'>, 'verdict' | 'findings'>
type Probe = Model<'WebhookCheck'>['probes'][number]
type Finding = Check['findings'][number]

const titles: Readonly<Record<Finding['name'], string>> = {
  valid: 'A genuine request',
  duplicate: 'The same request a second time',
  tampered: 'A changed body',
  stale: 'An old request',
  unsigned: 'A request without a signature',
  new_secret: 'A request signed with the new secret only',
  old_secret: 'A request signed with the old secret only',
  timing: 'Slow or fast: how long each answer takes',
}

const tones = { pass: 'good', warn: 'warn', fail: 'bad' } as const satisfies Record<Finding['verdict'], Tone>

const ofAccepting = { pass: 'Accepted: right', warn: 'Not proven', fail: 'Not accepted: mend this' }
const ofRefusing = { pass: 'Refused: right', warn: 'Could be better', fail: 'Accepted: mend this' }
const words: Readonly<Record<Finding['name'], Readonly<Record<Finding['verdict'], string>>>> = {
  ...{ valid: ofAccepting, duplicate: ofAccepting },
  ...{ tampered: ofRefusing, stale: ofRefusing, unsigned: ofRefusing },
  new_secret: { pass: 'Accepted: right', warn: 'Not accepted yet', fail: 'Not accepted: mend this' },
  old_secret: { pass: 'As it should be', warn: 'Not proven', fail: 'Not accepted: mend this' },
  timing: { pass: 'Fast enough', warn: 'Could be better', fail: 'Too slow: mend this' },
}

export function describeFinding({ name, verdict }: Pick<Finding, 'name' | 'verdict'>): {
  readonly title: string
  readonly tone: Tone
  readonly word: string
} {
  return { title: titles[name], tone: tones[verdict], word: words[name][verdict] }
}

/** What the receiver accepts while a secret is changed over, in a word or two. */
export function describeOverlap(accepts: NonNullable<Model<'WebhookCheck'>['overlap']>['accepts']): {
  readonly tone: Tone
  readonly word: string
} {
  switch (accepts) {
    case 'both':
      return { tone: 'good', word: 'Both secrets' }
    case 'new':
      return { tone: 'good', word: 'The new secret' }
    case 'old':
      return { tone: 'warn', word: 'The old secret only' }
    case 'none':
      return { tone: 'bad', word: 'Neither secret' }
    case 'unproven':
      return { tone: 'warn', word: 'Not proven' }
  }
}

/** While it runs. */
export function sayProgress({ probes }: Pick<Model<'WebhookCheck'>, 'probes'>): string {
  const sent = probes.filter(({ state }) => state === 'sent').length
  return `${sent} of ${probes.length} requests answered …`
}

/** One request of the series, before there is a verdict. */
export function describeProbe({
  name,
  state,
  response_status: status,
  error_class: error,
  duration_ms: durationMs,
}: Probe): { readonly title: string; readonly says: string; readonly isSent: boolean } {
  const answer = status === null ? `no answer (${error?.replaceAll('_', ' ') ?? 'unknown'})` : String(status)
  const says = state === 'waiting' ? 'not sent yet, or not answered' : `${answer}, ${sayDuration(durationMs)}`
  return { title: titles[name], says, isSent: state === 'sent' }
}

/** All of it in a sentence; null while it runs. */
export function sayCheck({ verdict, findings }: Check): string | null {
  if (verdict === null) return null
  const count = (wanted: Finding['verdict']): number =>
    findings.filter((finding) => finding.verdict === wanted).length
  if (verdict === 'pass') return `All ${findings.length} findings are as they should be.`
  const [failed, warned] = [count('fail'), count('warn')]
  const said = [
    ...(failed === 0
      ? []
      : [failed === 1 ? '1 is not as it should be' : `${failed} are not as they should be`]),
    ...(warned === 0 ? [] : [`${warned} could be better`]),
  ]
  return `Of ${findings.length} findings ${said.join(', and ')}.`
}
