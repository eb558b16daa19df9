/** The examples and lists of docs/reference/events.md are what the code accepts and sends. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { orgId } from '@scanhook/domain/ids'
import { parseIncomingEvent } from '@scanhook/domain/reading/parse-incoming-event'
import { parseRead } from '@scanhook/domain/reading/parse-read'
import { expect, test } from 'vitest'
import { assetDataSchema } from './asset-events.ts'
import { eventCatalogue, signalCatalogue } from './event-catalogue.ts'
import { exampleData } from './examples.ts'
import { validateBusinessEvent } from './validate-business-event.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/events.md'), 'utf8')
const [read, moved, business, heartbeat, manifest] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
  (block): unknown => JSON.parse(block[1] ?? ''),
)

test('the read is one that we accept', () => {
  expect(parseRead(read, { orgId: orgId(7) })).toMatchObject({
    ok: true,
    value: { rssiCdbm: -5600, reads: 7 },
  })
})

test('the data of asset.moved is the catalogue’s example, to the byte', () => {
  expect(assetDataSchema('asset.moved').parse(moved)).toEqual(moved)
  expect(JSON.stringify(moved)).toBe(JSON.stringify(exampleData['asset.moved']))
})

test('the signals are the catalogue’s examples, to the byte', () => {
  expect(JSON.stringify(heartbeat)).toBe(JSON.stringify(exampleData['endpoint.heartbeat']))
  expect(JSON.stringify(manifest)).toBe(JSON.stringify(exampleData['endpoint.manifest']))
})

test('the business event is one that we accept', () => {
  const parsed = parseIncomingEvent(business, { orgId: null, nowMs: 0 })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const verdict = validateBusinessEvent(parsed.value.type, JSON.parse(parsed.value.dataJson))
  expect(verdict).toEqual({ ok: true, value: 'shipment:ship_abc123' })
})

test('every event type of the catalogue is in the first table', () => {
  const table = page.slice(0, page.indexOf('## Reads'))
  for (const { type } of [...eventCatalogue, ...signalCatalogue]) {
    const [noun, what] = type.split('.')
    const row = table
      .split('\n')
      .find((line) => line.startsWith(`| \`${noun}.`) && line.includes(`.${what}\``))
    expect(row, type).toBeDefined()
  }
})
