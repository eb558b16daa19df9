import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  address,
  brokers,
  decimal,
  flag,
  integer,
  json,
  list,
  oneOf,
  optionalText,
  pairs,
  parseEnv,
  type Setting,
  text,
} from './settings.ts'

const row = { description: 'A thing' }

/** What `setting` makes of `raw`: the value, or the message. */
function given(setting: Setting<unknown>, raw: string | undefined): unknown {
  const parsed = parseEnv({ THING: setting }, { THING: raw })
  return parsed.ok ? parsed.config.THING : parsed.problems[0]?.message
}

test('G1: every wrong or missing setting is reported', () => {
  const table = {
    PORT: integer(row, 1, 65_535),
    KAFKA_BROKERS: brokers({ description: 'Addresses of the Kafka brokers' }),
    LEVEL: oneOf({ ...row, default: 'info' }, ['info', 'debug']),
    GOOD: text(row),
  }
  const parsed = parseEnv(table, { PORT: '0', LEVEL: 'loud', GOOD: 'yes' })
  expect(parsed).toEqual({
    ok: false,
    problems: [
      { setting: 'PORT', message: 'PORT must be a whole number from 1 to 65535; got "0"' },
      {
        setting: 'KAFKA_BROKERS',
        message:
          'KAFKA_BROKERS is required: Addresses of the Kafka brokers (a comma-separated list of host:port)',
      },
      { setting: 'LEVEL', message: 'LEVEL must be one of info, debug; got "loud"' },
    ],
  })
})

test('G2: no problem holds the value of a secret setting', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), (secret) => {
      const table = {
        KEY: integer({ ...row, isSecret: true }, 1, 2),
        URL: address({ ...row, isSecret: true }, ['redis']),
      }
      const parsed = parseEnv(table, { KEY: `x${secret}`, URL: secret })
      expect(parsed.ok).toBe(false)
      if (parsed.ok) return
      for (const { message } of parsed.problems) {
        expect(message).toMatch(/^(KEY|URL) must be .*; got the given value \(hidden\)$/)
      }
    }),
  )
})

test('G1, G2: every bad part of a JSON setting is named; of a secret one nothing is', () => {
  const twoBad = (value: unknown) =>
    Array.isArray(value)
      ? { ok: true as const, value }
      : {
          ok: false as const,
          problems: [
            { field: 'a', message: 'must be 1' },
            { field: '', message: 'must be a list' },
          ],
        }
  const setting = json({ ...row, default: '[]' }, 'a JSON list', twoBad)
  expect(given(setting, undefined)).toEqual([])
  expect(given(setting, '[1]')).toEqual([1])
  expect(given(setting, '{}')).toBe('THING must be a JSON list: a must be 1; must be a list')
  expect(given(setting, '[1')).toBe('THING must be a JSON list; got "[1"')
  expect(given({ ...setting, isSecret: true }, '{}')).toBe(
    'THING must be a JSON list; got the given value (hidden)',
  )
})

test('an empty variable counts as unset; a default is parsed like a given value', () => {
  expect(given(integer({ ...row, default: '7' }, 1, 9), '')).toBe(7)
  expect(given(integer({ ...row, default: '70' }, 1, 9), undefined)).toMatch(/must be a whole number/)
  expect(given(text(row), '')).toMatch(/^THING is required/)
  expect(given(optionalText(row), '')).toBe('')
})

test('variables that no row names are ignored', () => {
  expect(parseEnv({ A: text(row) }, { A: 'a', B: 'b' })).toEqual({ ok: true, config: { A: 'a' } })
})

test.each<[string, Setting<unknown>, string, unknown]>([
  ['text', text(row), ' as it is ', ' as it is '],
  ['optional text', optionalText(row), 'x', 'x'],
  ['integer', integer(row, -5, 5), '-5', -5],
  ['decimal', decimal(row, 0, 1), '0.25', 0.25],
  ['flag true', flag(row), 'true', true],
  ['flag false', flag(row), 'false', false],
  ['one of', oneOf(row, ['a', 'b']), 'b', 'b'],
  ['list', list(row), ' a, b ,,c', ['a', 'b', 'c']],
  ['checked list', list(row, { rule: 'words', matches: /^[a-z]+$/ }), 'a,b', ['a', 'b']],
  ['pairs', pairs(row), ' A-Key = b=c ,x=', { 'a-key': 'b=c', x: '' }],
  ['empty list', list({ ...row, default: '' }), '', []],
  [
    'brokers',
    brokers(row),
    '127.0.0.1:9092, [::1]:9093,kafka.local:9094',
    ['127.0.0.1:9092', '[::1]:9093', 'kafka.local:9094'],
  ],
  ['address', address(row, ['redis', 'rediss']), 'rediss://host:6379/0', 'rediss://host:6379/0'],
])('%s is read', (_name, setting, raw, value) => {
  expect(given(setting, raw)).toEqual(value)
})

test.each<[string, Setting<unknown>, readonly string[]]>([
  ['text', text(row), ['x'.repeat(4097)]],
  ['optional text', optionalText(row), ['x'.repeat(4097)]],
  [
    'integer',
    integer(row, 1, 10),
    ['0', '11', '1.5', '1e1', '0x5', ' 5', '5 ', '+5', 'NaN', '12345678901234567'],
  ],
  ['decimal', decimal(row, 0, 1), ['1.1', '-0.1', '.5', '1.', '1e-1', 'Infinity', '0,5']],
  ['flag', flag(row), ['TRUE', '1', 'yes', 'on']],
  ['one of', oneOf(row, ['a', 'b']), ['c', 'A', 'a,b']],
  ['checked list', list(row, { rule: 'words', matches: /^[a-z]+$/ }), ['a,1']],
  ['pairs', pairs(row), ['a', '=b', 'a b=c', 'a=ü']],
  ['brokers', brokers(row), ['localhost', ':9092', 'a:b', ',', 'http://kafka:9092']],
  ['address', address(row, ['http', 'https']), ['ftp://x', 'http://', 'http://a b', 'x http://a']],
])('%s refuses what breaks its rule', (_name, setting, raws) => {
  for (const raw of raws) expect(given(setting, raw), raw).toMatch(/^THING must be /)
})

test('parsing never throws, whatever is given', () => {
  const kinds = [
    text(row),
    integer(row, 1, 9),
    decimal(row, 0, 1),
    flag(row),
    list(row),
    brokers(row),
    address(row, ['http']),
  ]
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...kinds), (raw, setting) => {
      expect(() => parseEnv({ THING: setting }, { THING: raw })).not.toThrow()
    }),
  )
})
