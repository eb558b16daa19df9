/** docs/reference/reader-formats.md says what the code does; and what nobody wrote an example for is survived. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { orgId } from '@scanhook/domain/ids'
import { formatInstant } from '@scanhook/domain/instant'
import type { ScanRead } from '@scanhook/domain/read'
import { parseRead } from '@scanhook/domain/reading/parse-read'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeDocument } from './decode-document.ts'
import { decodeMessage } from './decode-message.ts'
import { type FormatName, formatNames } from './format-name.ts'
import type { DecodedMessage, ReaderContext } from './message.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/reference/reader-formats.md'), 'utf8')

interface Example {
  readonly format: FormatName
  readonly number: number
  readonly text: string
  readonly deviceKey: string | null
  readonly result: unknown
}

function examplesOf(section: string): readonly Example[] {
  const format = formatNames.find((name) => section.startsWith(`${name}\n`))
  if (format === undefined) return []
  const blocks = [...section.matchAll(/```(?:json|text) (message|result)(?: device=(\S+))?\n([\s\S]*?)```/g)]
  return blocks.flatMap((block, index) => {
    const result = blocks[index + 1]
    if (block[1] !== 'message') return []
    if (result?.[1] !== 'result') throw new Error(`${format}: a message without its result`)
    const [text = '', deviceKey = null] = [block[3], block[2]]
    return [{ format, number: index / 2 + 1, text, deviceKey, result: JSON.parse(result[3] ?? '') }]
  })
}

const examples = page.split('\n## ').flatMap(examplesOf)
const context = (deviceKey: string | null): ReaderContext => ({
  orgId: orgId(42),
  deviceKey,
  recordKey: null,
  fieldPrefix: '',
})

/** In the words of the page: our JSON form, without what is unknown. */
function shown({ reads, heartbeats, problems }: DecodedMessage): object {
  return {
    ...(reads.length === 0 ? {} : { reads: reads.map(shownRead) }),
    ...(heartbeats.length === 0 ? {} : { heartbeats: heartbeats.map(({ deviceKey }) => deviceKey) }),
    ...(problems.length === 0
      ? {}
      : { problems: problems.map(({ field, message }) => `${field} ${message}`) }),
  }
}

function shownRead(read: ScanRead): object {
  const { readId, deviceKey, antennaPort, tagType, tagValue, readAtMs, rssiCdbm, reads, position } = read
  return {
    ...(readId === null ? {} : { id: readId }),
    device: deviceKey,
    ...(antennaPort === null ? {} : { antenna_port: antennaPort }),
    tag: { type: tagType, value: tagValue },
    ...(readAtMs === null ? {} : { read_at: formatInstant(readAtMs) }),
    ...(rssiCdbm === null ? {} : { rssi_dbm: rssiCdbm / 100 }),
    ...(reads === 1 ? {} : { reads }),
    ...(position === null
      ? {}
      : {
          position: {
            latitude: position.latitude,
            longitude: position.longitude,
            ...(position.accuracyM === null ? {} : { accuracy_m: position.accuracyM }),
          },
        }),
  }
}

test.each(examples)('$format, example $number on the page gives what stands below it', (example) => {
  const decoded = decodeMessage(example.format, example.text, context(example.deviceKey))
  expect(shown(decoded)).toEqual(example.result)
  expect(decoded.isReadable).toBe(true)
})

test('every format has its example, its section and its row in the table', () => {
  for (const name of formatNames) {
    expect(examples.filter(({ format }) => format === name).length, name).toBeGreaterThan(0)
    expect(page).toContain(`| [\`${name}\`](#${name}) |`)
  }
})

/** D2, by the rules of the one form that everything else is measured by. */
function expectWhole(read: ScanRead): void {
  const form = { ...shownRead(read), org_id: read.orgId }
  expect(parseRead(form, { orgId: null })).toMatchObject({ ok: true })
  for (const value of [read.readAtMs, read.rssiCdbm, read.reads, read.antennaPort]) {
    expect(value === null || Number.isSafeInteger(value)).toBe(true)
  }
}

function expectSane(format: FormatName, text: string): void {
  for (const deviceKey of [null, 'dock-3']) {
    const { reads, heartbeats, problems, isReadable } = decodeMessage(format, text, context(deviceKey))
    reads.forEach(expectWhole)
    for (const { deviceKey: key } of heartbeats) expect(key.length).toBeGreaterThan(0)
    for (const problem of problems) expect(problem.message).not.toBe('')
    if (!isReadable) expect(problems.length).toBeGreaterThan(0)
  }
}

const anyFormat = fc.constantFrom(...formatNames)

test('D1, D2: arbitrary text and arbitrary JSON never throw, and give whole reads or none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((json) => JSON.stringify(json)),
  )
  fc.assert(fc.property(anyFormat, text, expectSane), { numRuns: 1_000 })
})

test('D1, D2: an example that is cut, at any place', () => {
  for (const { format, text } of examples) {
    for (let length = 0; length < text.length; length += 7) expectSane(format, text.slice(0, length))
  }
})

test('D1, D2: an example with a character that is another', () => {
  const character = fc.oneof(
    fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '-', '0', '9', 'e', '.', '\\'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.nat(), character, ({ format, text }, position, other) => {
      const at = position % text.length
      expectSane(format, text.slice(0, at) + other + text.slice(at + 1))
    }),
    { numRuns: 2_000 },
  )
})

const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom(
    -0,
    0,
    1e300,
    -1e300,
    2 ** 53,
    '',
    ' ',
    'NaN',
    '1e999',
    'x'.repeat(300),
    'a\u0000b',
    '-56',
    '٣',
  ),
  fc.constantFrom([], {}, [[]], [{}], { EPC: 'E280' }, true),
)

/** Every member of the document, one after the other, with something else in its place, or gone. */
function withOther(json: unknown, place: number, other: unknown): unknown {
  let count = -1
  const copy = (value: unknown): unknown => {
    count += 1
    if (count === place) return other
    if (Array.isArray(value)) return value.map(copy)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]))
  }
  return copy(json)
}

test('D1, D2: an example with any value in the place of another, in any format', () => {
  const documents = examples.flatMap(({ text }) => {
    try {
      return [JSON.parse(text)]
    } catch {
      return text
        .split(/\n|(?<=\})(?=\{"type)/)
        .flatMap((piece) => (piece.trim() === '' ? [] : [JSON.parse(piece)]))
    }
  })
  fc.assert(
    fc.property(
      anyFormat,
      fc.constantFrom(...documents),
      fc.nat({ max: 60 }),
      anyValue,
      (format, json, place, other) => {
        for (const deviceKey of [null, 'dock-3']) {
          decodeDocument(format, withOther(json, place, other), context(deviceKey)).reads.forEach(expectWhole)
        }
      },
    ),
    { numRuns: 4_000 },
  )
})

test('D1: a document that is nested deeper than any stack is survived', () => {
  const deep = `${'{"tags":['.repeat(20_000)}${']}'.repeat(20_000)}`
  for (const format of formatNames) expectSane(format, deep)
})

test('D1, V2: long lists of nonsense are survived, in every place where a list can be', () => {
  // More than a call takes as arguments.
  const zeros = `[${'0,'.repeat(199_999)}0]`
  const texts: readonly (readonly [FormatName, string])[] = [
    ['gps', zeros],
    ['scanhook', `{}${zeros}`],
    ['llrp', `{"a":\n${zeros}${zeros}`],
    ['csl-cs463', `{"tags":${zeros}}`],
    ['gl-s10', `{"dev_list":${zeros}}`],
    ['moko-mk107', `{"msg_id":3004,"data":${zeros}}`],
    ['zebra-iot', `{"type":"SIMPLE","data":${zeros}}`],
    ['zebra-iot', `{"type":"X","data":{"tagData":${zeros},"barcodeData":${zeros}}}`],
    ['llrp', `{"TagReportData":${zeros}}`],
    ['epcis', `{"type":"EPCISDocument","@context":0,"epcisBody":{"eventList":${zeros}}}`],
    ['epcis', `{"type":"ObjectEvent","action":"ADD","eventTime":"2026-07-27T16:26:24Z","epcList":${zeros}}`],
  ]
  for (const [format, text] of texts) {
    const { reads, problems } = decodeMessage(format, text, context('dock-3'))
    expect(reads).toEqual([])
    expect(problems.length).toBeGreaterThan(0)
  }
})

test('readers do not say their organization, so somebody else must', () => {
  for (const { format, text, deviceKey } of examples) {
    const { reads, problems } = decodeMessage(format, text, { ...context(deviceKey), orgId: null })
    expect(reads).toEqual([])
    expect(problems.map(({ field }) => field)).toContainEqual(expect.stringMatching(/(^|\.)org_id$/))
  }
})

const epcisFolder = join(root, '../shared/data/epcis')

test.skipIf(!existsSync(epcisFolder))(
  'published EPCIS documents, valid and deliberately invalid (../shared/data/epcis)',
  () => {
    const decoded = (name: string): DecodedMessage =>
      decodeMessage('epcis', readFileSync(join(epcisFolder, `${name}.json`), 'utf8'), context(null))
    const counts = (name: string): unknown => {
      const { reads, problems } = decoded(name)
      return { reads: reads.length, problems: problems.map(({ field }) => field) }
    }
    expect(counts('Capture_Documents_ObjectEvent')).toEqual({ reads: 3, problems: [] })
    expect(counts('Query_QueryDocumentWithMultipleEvents')).toEqual({ reads: 3, problems: [] })
    expect(counts('Capture_Documents_ObjectEvent_with_error_declaration')).toEqual({ reads: 1, problems: [] })
    expect(counts('Capture_Documents_ObjectEvent_all_possible_fields')).toEqual({ reads: 0, problems: [] })
    const mixed = decoded('Capture_Documents_Combination_of_different_event')
    expect(mixed.problems).toEqual([])
    expect(mixed.reads[0]).toMatchObject({
      deviceKey: 'https://id.example.com/414/4012345000054',
      tagValue: 'https://id.example.com/8003/030013450007718765',
      readAtMs: Date.UTC(2021, 4, 27, 13),
    })
    expect(counts('Capture_Invalid_EPCISDocument_without_context')).toEqual({
      reads: 0,
      problems: ['@context'],
    })
    const first = 'epcisBody.eventList.0'
    expect(counts('Capture_Invalid_ObjectEvent_with_invalid_action')).toEqual({
      reads: 0,
      problems: [`${first}.action`],
    })
    expect(counts('Capture_Invalid_ObjectEvent_with_invalid_eventTime_format')).toEqual({
      reads: 0,
      problems: [`${first}.eventTime`],
    })
    expect(counts('Capture_Invalid_ObjectEvent_without_identifier_list')).toEqual({
      reads: 0,
      problems: [`${first}.epcList`],
    })
  },
)
