/** What a check of an endpoint found, in words that need no legend. Pure. */
import type { Model } from '../../api/api.ts'
import type { Tone } from '../../parts/pill.tsx'

type Check = Pick<Model<'WebhookCheck'>, 'verdict' | 'findings'>
type Finding = Check['findings'][number]

const titles: Readonly<Record<Finding['name'], string>> = {
  valid: 'A genuine request',
  duplicate: 'The same request a second time',
  tampered: 'A changed body',
  stale: 'An old request',
  unsigned: 'A request without a signature',
  timing: 'How fast it answers',
}

const verdicts = {
  pass: { tone: 'good', word: 'As it should be' },
  warn: { tone: 'warn', word: 'Could be better' },
  fail: { tone: 'bad', word: 'Not as it should be' },
} as const satisfies Record<Finding['verdict'], { tone: Tone; word: string }>

export function describeFinding({ name, verdict }: Pick<Finding, 'name' | 'verdict'>): {
  readonly title: string
  readonly tone: Tone
  readonly word: string
} {
  return { title: titles[name], ...verdicts[verdict] }
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
