/** Records that were set aside, in words. Pure. */
import type { Model } from '../../api/api.ts'
import { plainName } from './describe-pipeline.ts'

type PoisonRecord = Model<'PoisonPage'>['records'][number]
type Outcome = Model<'PoisonReplay'>['records'][number]['outcome']

/** By the reason in the header (packages/domain/src/poison.ts). */
export const reasonWords: Readonly<Record<string, string>> = {
  null_value: 'It has no value',
  bad_magic: 'It is not Avro',
  unknown_schema: 'Its schema is not known',
  undecodable: 'Its bytes do not fit its schema',
  too_large: 'It is too large',
  invalid_json: 'It is not JSON',
  invalid_field: 'A field is not as it must be',
  unknown_organization: 'Whose it is, is not known',
  timestamp_out_of_range: 'Its time cannot be',
}

/** A newer writer's reason as it is. */
export function sayReason(reason: string): string {
  return reasonWords[reason] ?? reason.replaceAll('_', ' ')
}

export function placeOf({ partition, offset }: Pick<PoisonRecord, 'partition' | 'offset'>): string {
  return `${partition}:${offset}`
}

/** `prefix`: of the installation's names, which is left out. */
export function sayPlace({ origin, partition, offset }: PoisonRecord, prefix: string): string {
  return origin === null
    ? `poison, partition ${partition}, offset ${offset}`
    : `${plainName(origin.topic, prefix)}, partition ${origin.partition}, offset ${origin.offset}`
}

const outcomeWords: Readonly<Record<Outcome, readonly [one: string, many: string]>> = {
  replayed: ['was put back', 'were put back'],
  already_replayed: ['had been put back already', 'had been put back already'],
  not_found: ['is not there any more', 'are not there any more'],
  no_origin: ['has no topic to go to', 'have no topic to go to'],
  open: ['was not tried: Kafka does not answer', 'were not tried: Kafka does not answer'],
}

/** "2 records were put back, 1 is not there any more." Whole: each was put back. */
export function sayOutcomes(outcomes: readonly Outcome[]): {
  readonly text: string
  readonly isWhole: boolean
} {
  const parts = (Object.keys(outcomeWords) as Outcome[]).flatMap((outcome) => {
    const count = outcomes.filter((each) => each === outcome).length
    return count === 0 ? [] : [`${count} ${outcomeWords[outcome][count === 1 ? 0 : 1]}`]
  })
  const [first = 'None was chosen', ...rest] = parts
  const noun =
    outcomes[0] === undefined
      ? first
      : first.replace(/^(\d+) /, (_, n) => `${n} ${n === '1' ? 'record' : 'records'} `)
  return { text: `${[noun, ...rest].join(', ')}.`, isWhole: outcomes.every((each) => each === 'replayed') }
}
