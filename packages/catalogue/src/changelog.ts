/**
 * What changed in the data of each event type, and when: for whoever wrote a receiver at an earlier date. A version is a change of what
 * a receiver may get, of fields and their values; words that explain a field are no version. An entry is never changed.
 */
import type { CatalogueEntry } from './event-catalogue.ts'

export interface CatalogueVersion {
  /** From 1. */
  readonly version: number
  /** The day from which on bodies are like that, in UTC. */
  readonly date: string
  /** A sentence each. */
  readonly changes: readonly string[]
  /** Of the JSON Schema without its descriptions: the first 16 hexadecimal digits of its SHA-256. changelog.test.ts says what it is now. */
  readonly schemaHash: string
}

/** The newest last. */
type Changelog = readonly CatalogueVersion[]

const first = 'The first version.'
const derivedAt = 'derived_at is new: when the event was derived, by the clock of the stream.'
const gps = 'scan.tag.tag_type can be gps.'
const signals = 'can be endpoint.heartbeat or endpoint.manifest.'
const check = 'can be endpoint.check.'

function changelogOfAsset(hashes: readonly [string, string], more: readonly string[] = []): Changelog {
  return [
    { version: 1, date: '2026-11-23', changes: [first], schemaHash: hashes[0] },
    { version: 2, date: '2026-11-25', changes: [derivedAt, ...more, gps], schemaHash: hashes[1] },
  ]
}

function changelogOfBusiness(schemaHash: string): Changelog {
  return [{ version: 1, date: '2026-11-23', changes: [first], schemaHash }]
}

function changelogOfNotice(hashes: readonly [string, string, string]): Changelog {
  return [
    { version: 1, date: '2026-11-25', changes: [first], schemaHash: hashes[0] },
    { version: 2, date: '2026-11-25', changes: [`event.type ${signals}`], schemaHash: hashes[1] },
    { version: 3, date: '2026-11-26', changes: [`event.type ${check}`], schemaHash: hashes[2] },
  ]
}

const shipment = changelogOfBusiness('a4b186f9a35e05f0')
const document = changelogOfBusiness('3f68e680b61bc84a')

export const changelogs: Readonly<Record<CatalogueEntry['type'], Changelog>> = {
  'asset.scanned': changelogOfAsset(
    ['d88ac48280a56e69', 'a8b318f988eb66a0'],
    ['late is new: true for a read that came too late to decide anything.'],
  ),
  'asset.moved': changelogOfAsset(['dc3e9d273be01a46', 'ce6a4844fe155435']),
  'location.entered': changelogOfAsset(['0d4a477e63918392', 'd3a1d9e464579603']),
  'location.exited': changelogOfAsset(['0888f83b4b1bcbdf', 'ac5e60c013dd4440']),
  'shipment.created': shipment,
  'shipment.processing': shipment,
  'shipment.ready_for_review': shipment,
  'shipment.approved': shipment,
  'shipment.rejected': shipment,
  'document.uploaded': document,
  'document.processed': document,
  'check.completed': changelogOfBusiness('75a3ccf7d2385bac'),
  'endpoint.failing': changelogOfNotice(['9a630683ea26bdec', '68bcda51600ebc83', '322134166f504fc4']),
  'endpoint.disabled': changelogOfNotice(['05765b01e2135f15', '6eb148e8ddbd623a', '17d125067e479573']),
  'endpoint.recovered': changelogOfNotice(['2bb1f6d1a1e5f291', 'edad68bcc4684dec', '0e7a4e1762d28e3e']),
  'delivery.dead': changelogOfNotice(['54618244052bed5f', 'd5711ae3cc931ec4', 'f0c4e2b41de195d4']),
  'endpoint.heartbeat': [
    { version: 1, date: '2026-11-25', changes: [first], schemaHash: '1b6a2668d64546e2' },
    {
      ...{ version: 2, date: '2026-11-26', changes: [`The type of an event that it names ${check}`] },
      schemaHash: 'b64448f1c8048cb2',
    },
  ],
  'endpoint.manifest': [{ version: 1, date: '2026-11-25', changes: [first], schemaHash: '3502eff7a89787e0' }],
}
