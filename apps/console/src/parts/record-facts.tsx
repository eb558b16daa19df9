/** What every record of the master data says of itself: facts for `Facts`. */
import type { ReactNode } from 'react'
import { Pill } from './pill.tsx'
import { RelativeTime } from './relative-time.tsx'

type Fact = readonly [string, ReactNode]

interface Described {
  readonly external_key: string
  readonly description: string | null
  readonly is_active: boolean
  readonly deleted_at: string | null
}

export function descriptionFacts({
  external_key,
  description,
  is_active,
  deleted_at,
}: Described): readonly Fact[] {
  const word = deleted_at !== null ? 'Deleted' : is_active ? 'Active' : 'Inactive'
  return [
    [
      'State',
      <Pill key="state" tone={word === 'Active' ? 'good' : 'plain'}>
        {word}
      </Pill>,
    ],
    ['External key', external_key],
    ['Description', <bdi key="description">{description ?? '–'}</bdi>],
  ]
}

interface Changed {
  readonly created_at: string
  readonly updated_at: string
}

export function changeFacts({ created_at, updated_at }: Changed): readonly Fact[] {
  return [
    ['Made', <RelativeTime key="made" at={created_at} />],
    ['Changed', <RelativeTime key="changed" at={updated_at} />],
  ]
}
