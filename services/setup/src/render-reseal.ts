/** What the operator reads of a resealing. Pure. */
import type { CountByKey } from '@scanhook/postgres/sealed-texts'
import type { Resealing, Whereabouts } from './reseal-secrets.ts'

export interface ResealReport {
  readonly done: Resealing
  readonly where: Whereabouts
  /** Keys that are still needed beside the one that seals. */
  readonly held: readonly string[]
  /** Of the ring, the one that seals first. */
  readonly keyIds: readonly [string, ...string[]]
  readonly isDryRun: boolean
  readonly isStopped: boolean
}

const places: readonly (readonly [keyof Whereabouts, string])[] = [
  ['secrets', 'endpoint secrets'],
  ['answers', 'kept answers of idempotency keys'],
  ['outbox', 'announcements that wait in the outbox'],
  ['topic', 'newest announcements on master-data'],
]

/** Lines for a person, or one of JSON. */
export function renderReseal(report: ResealReport, isJson: boolean): string {
  return isJson ? `${JSON.stringify(inFields(report))}\n` : `${inWords(report).join('\n')}\n`
}

function inFields({ done, where, held, keyIds, isDryRun, isStopped }: ResealReport): unknown {
  return {
    dry_run: isDryRun,
    stopped: isStopped,
    sealing_key: keyIds[0],
    resealed: { endpoint_secrets: done.secrets, idempotency_keys: done.answers },
    changed_meanwhile: done.meanwhile,
    unopened: done.unopenedCount,
    unopened_ids: done.unopened.map(({ what, code }) => `${what}: ${code}`),
    under_key: {
      endpoint_secrets: Object.fromEntries(where.secrets),
      idempotency_keys: Object.fromEntries(where.answers),
      outbox: Object.fromEntries(where.outbox),
      master_data: Object.fromEntries(where.topic),
    },
    removable_keys: removable(keyIds, held),
    needed_keys: held,
  }
}

function inWords({ done, where, held, keyIds, isDryRun, isStopped }: ResealReport): readonly string[] {
  const [sealing] = keyIds
  const verb = isDryRun ? 'would be sealed anew' : 'sealed anew'
  const free = removable(keyIds, held)
  return [
    `${done.secrets} endpoint secrets and ${done.answers} kept answers ${verb} under ${sealing}`,
    ...(done.meanwhile > 0
      ? [`${done.meanwhile} were changed or deleted meanwhile, and left as they are`]
      : []),
    ...places.map(([place, name]) => `${name}: ${countsOf(where[place])}`),
    ...done.unopened.map(({ what, code }) => `does not open: ${what} (${code})`),
    ...(done.unopenedCount > 0 ? [`${done.unopenedCount} could not be opened`] : []),
    ...(isStopped ? ['stopped; run it again'] : []),
    ...held.map((key) => `${key} is still needed${isDryRun ? '' : '; run this again'}`),
    ...(free.length > 0
      ? [
          `${free.join(', ')} may be taken out of SECRET_KEYS once every api has had ${sealing} in front for 15 minutes (access tokens)`,
        ]
      : []),
  ]
}

function removable(keyIds: readonly string[], held: readonly string[]): readonly string[] {
  return keyIds.slice(1).filter((key) => !held.includes(key))
}

function countsOf(counts: CountByKey): string {
  return counts.size === 0 ? 'none' : [...counts].map(([key, count]) => `${count} under ${key}`).join(', ')
}
