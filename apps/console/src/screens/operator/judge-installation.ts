/** What is wrong with the installation, the worst first, each in a sentence with its runbook; or that all is well, with the figures that say so. Pure. */
import type { Model } from '../../api/api.ts'
import {
  type Judgement,
  judgeLag,
  judgeTier,
  plainName,
  saySeconds,
  sharedPrefix,
} from './describe-pipeline.ts'

export interface Finding {
  readonly tone: 'bad' | 'warn'
  readonly text: string
  /** Since when, epoch ms; null: not known, or it is said in the text. */
  readonly sinceAtMs: number | null
  /** A file of docs/runbooks, without `.md`. */
  readonly runbook: string | null
  /** Where on the page its rows are; null: it has none. */
  readonly at: Place | null
}

/** Ids of the sections. */
export type Place = 'pipeline' | 'breakers' | 'tenants' | 'poison' | 'subjects'

/** Of each question what was answered; undefined: nothing yet, null: what is asked does not answer. */
export interface Answers {
  readonly pipeline: Model<'Pipeline'> | null | undefined
  readonly breakers: Model<'Breakers'> | null | undefined
  readonly tenants: Model<'Tenants'> | null | undefined
  readonly poison: Model<'PoisonPage'> | null | undefined
  readonly subjects: Model<'SchemaSubjects'> | null | undefined
  /** What could not be asked: for the connection, the session or the pace of this page, not for the installation. */
  readonly unasked: readonly Question[]
}

export type Question = 'pipeline' | 'breakers' | 'tenants' | 'poison' | 'subjects'

const questions: Readonly<Record<Question, string>> = {
  pipeline: 'lag and tiers',
  breakers: 'breakers',
  tenants: 'organizations',
  poison: 'records that were set aside',
  subjects: 'schemas',
}

/** As the alert ScanhookEndpointsFailingTogether has it: a fifth of the endpoints, and not one of two. */
const togetherShare = 0.2
const togetherMin = 5
/** Of before that people have seen, or will not see now. */
const freshMs = 3_600_000

export function judgeInstallation(answers: Answers, nowMs: number): readonly Finding[] {
  return [
    ...awayOf(answers),
    ...pipelineOf(answers.pipeline),
    ...breakersOf(answers),
    ...deadOf(answers.tenants),
    ...poisonOf(answers.poison, nowMs),
    ...subjectsOf(answers.subjects),
  ].sort((one, other) => Number(one.tone === 'warn') - Number(other.tone === 'warn'))
}

function awayOf({ pipeline, tenants, breakers, poison, subjects, unasked }: Answers): readonly Finding[] {
  const away = (text: string, runbook: string, tone: Finding['tone']): Finding => ({
    ...{ tone, text, runbook, sinceAtMs: null, at: null },
  })
  return [
    ...(pipeline === null
      ? [away('Kafka does not answer: lag, tiers and throughput are not known.', 'kafka-slow', 'bad')]
      : []),
    ...(tenants === null
      ? [away('PostgreSQL does not answer: organizations are not known.', 'postgres-failing', 'bad')]
      : []),
    ...(breakers?.is_known === false
      ? [away('Redis does not answer: which breakers are open is not known.', 'redis-away', 'bad')]
      : []),
    ...(breakers === null
      ? [
          away(
            'PostgreSQL does not answer: which endpoints have a breaker open is not known.',
            'postgres-failing',
            'bad',
          ),
        ]
      : []),
    ...(poison === null
      ? [
          away(
            'Records that were set aside are not known: Kafka or PostgreSQL does not answer.',
            'kafka-slow',
            'bad',
          ),
        ]
      : []),
    ...(unasked.length > 0
      ? [
          {
            tone: 'warn' as const,
            text: `This page could not ask about ${unasked.map((each) => questions[each]).join(', ')}: that says nothing of the installation. It asks again by itself.`,
            ...{ runbook: null, sinceAtMs: null, at: null },
          },
        ]
      : []),
    ...(subjects === null ? [away('The schema registry does not answer.', 'registry-away', 'warn')] : []),
  ]
}

function pipelineOf(pipeline: Answers['pipeline']): readonly Finding[] {
  if (pipeline === null || pipeline === undefined) return []
  const prefix = sharedPrefix(pipeline.groups.map(({ group }) => group))
  const since = (seconds: number | null): number | null =>
    seconds === null ? null : Date.parse(pipeline.measured_at) - seconds * 1_000
  const oldestFirst = pipeline.groups.toSorted(
    (one, other) => (other.lag_seconds ?? 0) - (one.lag_seconds ?? 0),
  )
  const lags = oldestFirst.flatMap((row) => {
    const { group, topic, lag_records: records, lag_seconds: seconds } = row
    const text = `${plainName(group, prefix)} is ${saySeconds(seconds)} behind on ${plainName(topic, prefix)}: ${counted(records, 'record waits', 'records wait')}.`
    return findingOf(judgeLag(row), { text, runbook: 'consumer-lag', sinceAtMs: since(seconds) })
  })
  const tiers = pipeline.retry_tiers.flatMap((row) => {
    const { tier, due, overdue_seconds: seconds } = row
    const text = `The retry tier ${tier} is ${saySeconds(seconds)} overdue: ${counted(due, 'delivery', 'deliveries')} could have gone.`
    return findingOf(judgeTier(row), { text, runbook: 'retry-overdue', sinceAtMs: since(seconds) })
  })
  return [...lags, ...tiers]
}

function findingOf(
  { tone }: Judgement,
  told: Pick<Finding, 'text' | 'runbook' | 'sinceAtMs'>,
): readonly Finding[] {
  return tone === 'bad' || tone === 'warn' ? [{ tone, ...told, at: 'pipeline' }] : []
}

function breakersOf({ breakers, tenants }: Answers): readonly Finding[] {
  const open = breakers?.endpoints.filter(({ breaker }) => breaker !== 'closed') ?? []
  if (open.length === 0) return []
  const active = tenants?.organizations.reduce((sum, each) => sum + each.active_webhooks, 0) ?? 0
  const isTogether = open.length >= togetherMin && open.length >= active * togetherShare
  const waiting = open.reduce((sum, each) => sum + each.waiting, 0)
  const one = open.length === 1 ? open[0] : undefined
  const who =
    one === undefined
      ? `${open.length.toLocaleString('en')} endpoints are given a pause`
      : `${isolated(one.name ?? one.host)} of ${isolated(one.organization.name)} is given a pause: ${one.last_failure ?? 'most of its requests failed'}`
  return [
    {
      tone: isTogether ? 'bad' : 'warn',
      // One that fails by itself is its owner's matter, who sees it with the endpoint.
      text: `${who}; ${counted(waiting, 'delivery waits', 'deliveries wait')}. It is tried again by itself.`,
      sinceAtMs: oldestOf(open.map(({ since }) => since)),
      runbook: isTogether ? 'endpoints-failing-together' : null,
      at: 'breakers',
    },
  ]
}

function deadOf(tenants: Answers['tenants']): readonly Finding[] {
  const hit = tenants?.organizations.filter(({ dead_today: dead }) => dead > 0) ?? []
  if (hit.length === 0) return []
  const dead = hit.reduce((sum, each) => sum + each.dead_today, 0)
  const text = `${counted(dead, 'delivery was', 'deliveries were')} given up today (UTC), of ${counted(hit.length, 'organization', 'organizations')}.`
  return [{ tone: 'warn', text, sinceAtMs: null, runbook: 'deliveries-dying', at: 'tenants' }]
}

function poisonOf(poison: Answers['poison'], nowMs: number): readonly Finding[] {
  const fresh =
    poison?.records.filter(
      ({ set_aside_at: at, replayed_at: replayed }) => replayed === null && nowMs - Date.parse(at) < freshMs,
    ) ?? []
  if (fresh.length === 0) return []
  const isUpstream = fresh.every(({ service }) => service === 'producer')
  const most = fresh.length === poison?.looked_at && poison.next_before !== null ? 'At least ' : ''
  const text = `${most}${counted(fresh.length, 'record was', 'records were')} set aside within the last hour: ${reasonsOf(fresh)}.`
  return [
    {
      tone: isUpstream ? 'warn' : 'bad',
      text,
      sinceAtMs: oldestOf(fresh.map(({ set_aside_at: at }) => at)),
      runbook: isUpstream ? 'poison-rising' : 'own-records-unreadable',
      at: 'poison',
    },
  ]
}

function reasonsOf(records: Model<'PoisonPage'>['records']): string {
  const byReason = Map.groupBy(records, ({ reason }) => reason)
  return [...byReason]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([reason, all]) => `${reason.replaceAll('_', ' ')} (${all.length.toLocaleString('en')})`)
    .join(', ')
}

function subjectsOf(subjects: Answers['subjects']): readonly Finding[] {
  const missing = subjects?.subjects.filter(({ is_registered: is }) => !is) ?? []
  if (missing.length === 0) return []
  const text = `The schema registry does not have ${missing.map(({ subject }) => subject).join(', ')}: run the setup.`
  return [{ tone: 'bad', text, sinceAtMs: null, runbook: 'own-records-unreadable', at: 'subjects' }]
}

/** Of RFC 3339 times the first, epoch ms; null where none is known. */
function oldestOf(times: readonly (string | null)[]): number | null {
  const known = times.flatMap((each) => (each === null ? [] : [Date.parse(each)]))
  return known.length === 0 ? null : Math.min(...known)
}

/** What strangers named: its direction must not reach what follows (FSI and PDI, Unicode TR 9). */
function isolated(text: string): string {
  return `\u2068${text}\u2069`
}

/** "3 records wait", "1 record waits". */
function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** The figures that say that all is well; null until all of them are there. */
export function sayAllWell({ pipeline, breakers, tenants, poison }: Answers): string | null {
  if (pipeline == null || breakers == null || tenants == null || poison == null) return null
  const worst = pipeline.groups.reduce((max, { lag_seconds: each }) => Math.max(max, each ?? 0), 0)
  const waiting = pipeline.retry_tiers.reduce((sum, each) => sum + each.waiting, 0)
  const delivered = tenants.organizations.reduce((sum, each) => sum + each.delivered_today, 0)
  return [
    `no group is more than ${saySeconds(worst)} behind`,
    waiting === 0
      ? 'nothing waits for a retry'
      : `${counted(waiting, 'retry waits', 'retries wait')}, none overdue`,
    'no breaker is open',
    `${counted(delivered, 'delivery', 'deliveries')} and none given up today (UTC)`,
    'nothing was set aside within the last hour',
  ].join(', ')
}
