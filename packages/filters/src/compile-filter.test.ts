import { assetEventTypes, type DomainEvent } from '@scanhook/domain/event'
import { assetId, eventId, orgId } from '@scanhook/domain/ids'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFilter, filterMaxLength } from './compile-filter.ts'
import { openFilterJudge } from './filter-judge.ts'
import { dataMaxLength } from './filterable-event.ts'

const scan = { rssi_dbm: -56, reads: 7, tag: { tag_type: 'rfid', value: 'E2801190A503006543E21224' } }
const moved = {
  asset: { id: 3_947_115_820_491, external_key: 'FORK-7', name: 'Forklift 7', sequence: 44 },
  from_location: null,
  to_location: { id: 5, external_key: 'BAY-3', parent_external_key: 'WH-1' },
  visit_id: null,
  scan,
  items: [{ weight: 3 }, { weight: 9 }],
}

function eventOf(data: unknown, change: Partial<DomainEvent> = {}): DomainEvent {
  return {
    eventId: eventId('e1'),
    orgId: orgId(1),
    type: 'asset.moved',
    occurredAtMs: Date.parse('2026-07-27T22:26:24Z'),
    receivedAtMs: Date.parse('2026-07-27T22:26:26Z'),
    subject: 'asset:5',
    assetId: null,
    sequence: 1,
    previousEventId: null,
    transitionId: null,
    dataJson: typeof data === 'string' ? data : JSON.stringify(data),
    ...change,
  }
}

function compiled(expression: string) {
  const compilation = compileFilter(expression)
  if (!compilation.ok) throw new Error(`${expression}: ${compilation.message}`)
  return compilation.filter
}

test.each([
  'event.type == "asset.moved"',
  'event.type.startsWith("asset.") && event.subject == "asset:5"',
  'event.data.asset.external_key == data.asset.external_key',
  'data.asset.external_key in ["FORK-6", "FORK-7"]',
  'data.asset.id == 3947115820491',
  'data.scan.rssi_dbm > -70 && data.scan.rssi_dbm <= -56',
  'data.scan.tag.value.contains("1190A5")',
  'event.occurred_at >= timestamp("2026-07-27T00:00:00Z")',
  'event.occurred_at.getHours("Europe/Vienna") < 6',
  'event.received_at - event.occurred_at < duration("5s")',
  'data.from_location == null && data.visit_id == null',
  '!has(data.late)',
  'data.items.exists(item, item.weight > 5)',
  'int(data.scan.reads) % 2 == 1',
  'asset_key(data) == "FORK-7" && location_key(data) == "BAY-3"',
  '(data.scan.reads > 100 || data.asset.name == "Forklift 7")',
])('of an asset that moved, %s is true', (expression) => {
  expect(compiled(expression).refusalOf(eventOf(moved))).toBeNull()
})

const inBay = eventOf(moved, {
  assetId: assetId(5),
  locationPaths: { at: ['BAY-3', 'HALL-1', 'WH-1'], from: ['DOCK-9', 'WH-1'] },
})

test.each([
  '"WH-1" in event.location_path && "BAY-3" in event.location_path',
  '"WH-1" in event.from_location_path && !("DOCK-9" in event.location_path)',
  '"HALL-1" in event.location_path && !("HALL-1" in event.from_location_path)',
  'event.location_path[0] == location_key(data) && size(event.location_path) == 3',
  'event.location_path.exists(key, key in ["WH-1", "WH-2"])',
  'tag_type(data) == "rfid" && tag_value(data).startsWith("E280")',
  'tag_value(data) in ["E2801190A503006543E21224", "E2801190A503006543E21225"]',
])('of an asset that moved into a hall of WH-1, %s is true', (expression) => {
  expect(compiled(expression).refusalOf(inBay)).toBeNull()
})

describe('a subtree', () => {
  const inside = '"WH-1" in event.location_path'

  test('an event of before paths is neither inside nor outside of it: F1, and that is said', () => {
    const before = eventOf(moved, { assetId: assetId(5) })
    for (const expression of [inside, `!(${inside})`, '"WH-1" in event.from_location_path'])
      expect(compiled(expression).refusalOf(before)?.failure).toMatch(/^No such key: (from_)?location_path$/)
    expect(compiled(`!has(event.location_path) || ${inside}`).refusalOf(before)).toBeNull()
  })

  test('what is nowhere, and a business event, is outside of it', () => {
    const nowhere = { assetId: assetId(5), locationPaths: { at: [], from: [] } }
    const business = { assetId: null, type: 'shipment.created' as const, subject: 'shipment:1' }
    for (const event of [eventOf(moved, nowhere), eventOf({}, business)])
      expect(compiled(inside).refusalOf(event)).toEqual({ clause: inside, failure: null })
  })

  test('a key is whole: no part of one, no other writing', () => {
    for (const key of ['WH', 'wh-1', 'WH-1 ', 'WH-11'])
      expect(compiled(`"${key}" in event.location_path`).refusalOf(inBay)?.failure).toBeNull()
  })
})

describe('F2: what keeps an event back is the clause that was not true', () => {
  const text = 'event.type == "asset.moved" && (data.scan.reads > 100 || data.asset.name == "a && b") && true'
  test('as it was written, with its brackets and quotes', () => {
    const filter = compiled(text)
    expect(filter.clauses).toEqual([
      'event.type == "asset.moved"',
      '(data.scan.reads > 100 || data.asset.name == "a && b")',
      'true',
    ])
    expect(filter.refusalOf(eventOf(moved))).toEqual({ clause: filter.clauses[1], failure: null })
  })
  test.each([
    [`data.a == 'it\\'s && so' && data.b`, [`data.a == 'it\\'s && so'`, 'data.b']],
    ['data.a == r"\\d && x" && data.b', ['data.a == r"\\d && x"', 'data.b']],
    ['data.a || data.b && data.c', ['data.a || data.b && data.c']],
    ['(data.a && data.b) && data.c', ['(data.a && data.b)', 'data.c']],
  ])('%s', (expression, clauses) => {
    expect(compiled(expression).clauses).toEqual(clauses)
  })
})

describe('F1: what goes wrong refuses, and is said', () => {
  test.each([
    ['data.nope == 1', 'No such key: nope'],
    ['data.asset.nope.more', 'No such key: nope'],
    ['data.asset', 'it gave neither true nor false'],
    ['data.from_location.external_key == "A"', 'No such key: external_key'],
    ['tag_value(data.asset) == "A"', 'No such key: scan.tag.value'],
    ['asset_key(data.scan) == "A"', 'No such key: asset.external_key'],
    ['event.occurred_at.getHours("Mars/Base") == 1', 'Invalid time zone specified: Mars/Base'],
  ])('%s: %s', (expression, failure) => {
    expect(compiled(expression).refusalOf(eventOf(moved))).toEqual({ clause: expression, failure })
  })
  test('a clause that is false decides, though one before it fails', () => {
    const filter = compiled('data.nope == 1 && data.scan.reads == 8')
    expect(filter.refusalOf(eventOf(moved))).toEqual({ clause: 'data.scan.reads == 8', failure: null })
  })
  test('nothing of JavaScript is a field', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'length'])
      expect(compiled(`data["${name}"] != 1`).refusalOf(eventOf(moved))?.failure).toBe(`No such key: ${name}`)
  })
  test('data that is no JSON has no fields', () => {
    expect(compiled('data.a').refusalOf(eventOf('{'))?.failure).toBe('No such key: a')
    expect(compiled('!has(data.a)').refusalOf(eventOf('{'))).toBeNull()
  })
  test('a text that is no filter lets nothing through, and says why', () => {
    expect(openFilterJudge()('data.', eventOf(moved))).toMatchObject({
      clause: 'data.',
      failure: expect.stringMatching(/^it cannot be read: /),
    })
  })
})

describe('what is no filter says where', () => {
  test.each([
    ['data.a >', 1, 9, /Unexpected token/],
    ['data.a &&\n  unknown == 1', 2, 3, /unknown name unknown/],
    ['event.typ == "x"', 1, 7, /No such key: typ/],
    ['event.type == 1', 1, 1, /no such overload: string == int/],
    ['1 + 1', 1, 1, /gives int, not true or false/],
    [' ', 1, 1, /is empty/],
    ['data.a &&\n "WH-1" in event.location_paths', 2, 18, /No such key: location_paths/],
    ['1 in event.location_path', 1, 1, /no such overload: int in list<string>/],
    ['tag_value(event) == "A"', 1, 1, /tag_value/],
    ['asset_key(event) == "A"', 1, 1, /asset_key/],
  ])('%j', (expression, line, column, message) => {
    expect(compileFilter(expression)).toEqual({
      ...{ ok: false, line, column },
      message: expect.stringMatching(message),
    })
  })
})

describe('F3: what would cost too much is no filter', () => {
  const clauses = (count: number): string => Array.from({ length: count }, () => 'data.a == 1').join(' && ')
  test.each([
    ['longer than a page', `data.a == "${'x'.repeat(filterMaxLength)}"`, /longer than 4096/],
    ['more than 250 nodes', clauses(60), /maxAstNodes/],
    ['deeper than 24', `${'('.repeat(40)}true${')'.repeat(40)}`, /maxDepth/],
    ['a list of 101', `data.a in [${'1,'.repeat(100)}1]`, /maxListElements/],
    ['a regular expression', 'data.a.matches("(a+)+$")', /matches is not available/],
    ['a list of lists', 'data.a.all(x, x.all(y, y == 1))', /may not stand inside/],
    ['three lists', 'data.a.all(x, x) && data.a.all(x, x) && data.a.all(x, x)', /more than 2 times/],
    ['much of each entry', `data.a.all(x, ${clauses(10)})`, /at most 20/],
    [
      'a time zone for each entry',
      'data.a.all(x, event.occurred_at.getHours("Asia/Tokyo") > x)',
      /may not stand inside/,
    ],
    ['a long needle', `data.a.contains("${'a'.repeat(65)}")`, /at most 64/],
    ['a needle of the event', 'data.a.contains(data.b)', /in quotes/],
    ['a long duration', `duration("${'1'.repeat(65)}s") > duration("1s")`, /at most 64/],
    ['doubling', 'cel.bind(a, "xx", a == "xx")', /bind is not available|unknown name cel/],
    ['new lists', 'data.a.map(x, data.a) == []', /map is not available/],
    ['maps', 'data.a == {"a": 1}', /maxMapEntries|maps/],
  ])('%s', (_, expression, message) => {
    expect(compileFilter(expression)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
  })
  test.each([
    ...['string(HIDDEN) == "true"', 'data.b.startsWith(string(HIDDEN))', '[HIDDEN] == [true]', '!HIDDEN'],
    ...['data.b ? HIDDEN : false', 'data[HIDDEN] == 1', 'HIDDEN.size() > 1', 'data.l.all(x, HIDDEN)'],
    ...[
      'string(HIDDEN).trim() == "true"',
      'true && (data.b || HIDDEN)',
      'HIDDEN.exists(x, x)',
      '-HIDDEN == 1',
    ],
  ])('a regular expression is found in %s', (around) => {
    expect(compileFilter(around.replace('HIDDEN', 'data.a.matches("x")'))).toMatchObject({
      message: expect.stringMatching(/matches is not available/),
    })
  })
  test('an event that is too large to look through is refused, and that is said', () => {
    const long = { list: Array.from({ length: 101 }, () => 1) }
    const wide = { list: [1], text: 'x'.repeat(4_096) }
    const large = { text: 'x'.repeat(dataMaxLength), list: [1] }
    const every = compiled('data.list.all(x, x == 1)')
    expect(every.refusalOf(eventOf(long))?.failure).toMatch(/more than 100 entries/)
    expect(every.refusalOf(eventOf(wide))?.failure).toMatch(/more than 4096 characters/)
    expect(every.refusalOf(eventOf({ list: [1, 1] }))).toBeNull()
    expect(compiled('data.list[0] == 1').refusalOf(eventOf(wide))).toBeNull()
    expect(compiled('has(data.list)').refusalOf(eventOf(large))?.failure).toMatch(/more than 32768/)
  })
})

const atom = fc.oneof(
  fc.constantFrom(
    ...['data.a', 'data.b.c', 'data["d"]', 'data.list[0]', 'event.type', 'event.occurred_at', 'event.data.a'],
    ...['1', '-2', '0.5', '"a"', '"1h"', 'true', 'null', '[1, "a"]', 'size(data.list)', 'int(data.a)'],
    ...['string(data.a)', 'double(data.b.c)', 'duration("1h")', 'timestamp(data.a)', 'asset_key(data)'],
  ),
)
const { expression: anyExpression } = fc.letrec<{ expression: string; value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc
      .tuple(tie('value'), fc.constantFrom('+', '-', '*', '/', '%'), tie('value'))
      .map((all) => `(${all.join(' ')})`),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(tie('value'), fc.constantFrom('==', '!=', '<', '>=', 'in'), tie('value'))
      .map((all) => all.join(' ')),
    fc.tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression')).map((all) => all.join(' ')),
    tie('expression').map((inner) => `!(${inner})`),
    tie('expression').map((inner) => `(${inner})`),
    tie('value').map((value) => `data.list.exists(x, x == ${value})`),
    tie('value').map((value) => `data.a.startsWith("a") && size(${value}) > 0`),
    fc.constantFrom('has(data.a)', 'has(data.b.c)', 'data.a', 'data.a.contains("a && b")'),
  ),
}))
const anyData = fc.oneof(
  fc.record(
    {
      a: fc.oneof(fc.jsonValue(), fc.integer(), fc.string(), fc.boolean()),
      b: fc.oneof(fc.record({ c: fc.jsonValue() }), fc.constant(null)),
      d: fc.jsonValue(),
      list: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
      asset: fc.oneof(fc.record({ external_key: fc.jsonValue() }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
)

test('F1, F2: whatever compiles and whatever the event, an answer comes, and it is that of the whole expression', () => {
  let seen = 0
  fc.assert(
    fc.property(anyExpression, anyData, fc.constantFrom(...assetEventTypes), (expression, data, type) => {
      const compilation = compileFilter(expression)
      fc.pre(compilation.ok)
      if (!compilation.ok) return
      seen += 1
      const event = eventOf(data, { type })
      const refusal = compilation.filter.refusalOf(event)
      expect(refusal).toEqual(compilation.filter.refusalOf({ ...event }))
      if (refusal !== null) expect(compilation.filter.clauses).toContain(refusal.clause)
      // In brackets with `|| false` it can't be taken apart: one clause, which says the same.
      const whole = compileFilter(`(${expression}) || false`)
      if (!whole.ok) return
      expect(whole.filter.clauses).toHaveLength(1)
      expect(whole.filter.refusalOf(event) === null).toBe(refusal === null)
    }),
    { numRuns: 1_000 },
  )
  expect(seen).toBeGreaterThan(150)
})

test('F1: whatever text, there is a filter or a problem with a place in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        anyExpression.chain((text) => fc.nat(text.length).map((at) => text.slice(at))),
      ),
      (text) => {
        const compilation = compileFilter(text)
        if (compilation.ok) return
        const lines = text.split('\n')
        expect(compilation.line).toBeGreaterThanOrEqual(1)
        expect(compilation.line).toBeLessThanOrEqual(lines.length)
        expect(compilation.column).toBeLessThanOrEqual((lines[compilation.line - 1]?.length ?? 0) + 1)
      },
    ),
  )
})
