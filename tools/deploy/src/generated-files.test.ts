/** What is committed is what the services' tables say, and the schema judges values as the services would. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv, rawOf, type Settings } from '@scanhook/config/settings'
import { readServiceTables } from '@scanhook/tidy/read-service-tables'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generatedFiles } from './generated-files.ts'
import { readEnvironments } from './read-environment.ts'
import { valuesSchema } from './values-schema.ts'

const root = resolve(import.meta.dirname, '../../..')
const tables = await readServiceTables(root)
const environments = await readEnvironments(root)
const ajv = new Ajv2020({ strict: false, allErrors: true })
const schema = valuesSchema(environments)
const isValid = ajv.compile(schema)
const defaults = (): Record<string, unknown> =>
  parse(readFileSync(join(root, 'deploy/helm/scanhook/values.yaml'), 'utf8'))

for (const { path, text } of await generatedFiles(root)) {
  test(`${path} is what the settings tables say (node tools/deploy/src/generate-main.ts)`, () => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })
}

test('the default values keep to the schema', () => {
  isValid(defaults())
  expect(isValid.errors).toBeNull()
})

test('one setting means the same to every service that reads it', () => {
  const first = new Map<string, unknown>()
  for (const { plain } of environments) {
    for (const [name, { schema: own }] of Object.entries(plain)) {
      expect(first.get(name) ?? own, name).toEqual(own)
      first.set(name, own)
    }
  }
})

/** Values that somebody may well write, of every type. */
const samples: readonly unknown[] = [
  ...[-1, 0, 1, 7, 1.5, 50, 365, 20_000, 40_000, 1_000_000_000],
  ...[true, false, 'true', 'info', 'loud', '', 'x', '5'],
  ...[
    'https://console.example.com',
    'ftp://x',
    'redis://r',
    'plaintext',
    'tls',
    'failures',
    'A <a@b.example>',
  ],
  ...[
    [],
    ['a:9092'],
    ['a:9092', 'b:9093'],
    ['a'],
    ['10.0.0.0/8'],
    ['10.0.0.0/8:9000'],
    ['1.1.1.1'],
    ['topic=1@llrp'],
    ['topic=x'],
  ],
  ...[{}, { exit_timeout_seconds: 5 }],
]

describe('what the schema lets in, the service takes', () => {
  for (const { name, settings } of tables) {
    test.each(Object.entries(settings as Settings).filter(([, { isSecret }]) => !isSecret))(
      `${name}: %s`,
      (setting, row) => {
        const isInSchema = ajv.compile(row.schema)
        const accepted = samples.filter((sample) => isInSchema(sample))
        const taken = samples
          .filter((sample) => typeof sample === row.schema.type || row.schema.type !== 'string')
          .filter((sample) => parseEnv({ [setting]: row }, { [setting]: rawOf(sample) }).ok)
        // Entries of a list and members of an object are judged by the service alone; all else by both, and alike.
        const isDeep = row.schema.type === 'array' || row.schema.type === 'object'
        const refused = accepted.filter(
          (sample) => !parseEnv({ [setting]: row }, { [setting]: rawOf(sample) }).ok,
        )
        if (!isDeep) expect(refused).toEqual([])
        // Nothing of the right type that the service would take is kept from it; an empty text means the default.
        const kept = taken.filter(
          (sample) => isTyped(row.schema.type, sample) && rawOf(sample) !== '' && !isInSchema(sample),
        )
        expect(kept).toEqual([])
      },
    )
  }
})

function isTyped(type: string, sample: unknown): boolean {
  if (type === 'array') return Array.isArray(sample) && sample.length > 0
  if (type === 'integer') return Number.isInteger(sample)
  if (type === 'object') return typeof sample === 'object' && !Array.isArray(sample)
  return typeof sample === type
}

/** [why, path, value]: one change of the default values that must be refused. */
const wrong: readonly (readonly [string, readonly string[], unknown])[] = [
  ['a value that is none', ['nonsense'], 1],
  ['a setting that is none', ['settings', 'KAFKA_BROKER'], 'a:1'],
  ['a port, which is the chart’s own', ['settings', 'API_PORT'], 80],
  ['a secret among the plain settings', ['settings', 'POSTGRES_URL'], 'postgres://x'],
  ['another service’s setting', ['services', 'router', 'settings', 'RECORDER_LOG_DAYS'], 3],
  ['a number beyond its bound', ['services', 'recorder', 'settings', 'RECORDER_LOG_DAYS'], 2],
  ['a number as text', ['settings', 'POSTGRES_POOL_MAX'], '8'],
  ['a level that is none', ['settings', 'LOG_LEVEL'], 'loud'],
  ['a list as text', ['settings', 'KAFKA_BROKERS'], 'a:9092,b:9092'],
  ['a drain shorter than an attempt', ['settings', 'DRAIN_TIMEOUT_MS'], 10_000],
  ['the tag latest', ['image', 'tag'], 'latest'],
  ['a digest that is none', ['image', 'digest'], 'sha256:abc'],
  ['a Secret and a value at once', ['credentials', 'REDIS_URL'], { existingSecret: 'a', value: 'redis://b' }],
  ['a key without a Secret', ['credentials', 'REDIS_URL'], { key: 'a' }],
  ['a credential of no setting', ['credentials', 'REDIS_PASSWORD'], {}],
  ['two ways of scaling at once', ['services', 'router', 'autoscaling', 'kind'], ['hpa', 'keda']],
  ['lag as a reason for more retries', ['services', 'retry', 'autoscaling', 'lagRecords'], 10],
  ['CPU as a reason for more retries', ['services', 'retry', 'autoscaling', 'kind'], 'hpa'],
  ['overdue without somebody to ask', ['services', 'retry', 'autoscaling', 'kind'], 'keda'],
  ['KEDA for the API', ['services', 'api', 'autoscaling', 'kind'], 'keda'],
  ['autoscaling of the inspector', ['services', 'inspector', 'autoscaling'], { kind: 'hpa' }],
  ['an inspector that nothing may be delivered to', ['services', 'inspector', 'enabled'], true],
  ['a service that is none', ['services', 'tracer'], { enabled: true }],
  ['negative replicas', ['services', 'api', 'replicas'], -1],
  ['no memory limit', ['defaults', 'resources'], { requests: {} }],
  ['memory in a unit that is not reckoned with', ['defaults', 'resources', 'limits', 'memory'], '1G'],
  ['a mode of setup that is none', ['setup', 'mode'], 'init'],
  ['a monitor that is none', ['monitoring', 'kind'], 'both'],
  ['a route without a gateway', ['gateway', 'enabled'], true],
  ['no margin before the kill', ['drain', 'marginSeconds'], 0],
  ['a port as text', ['networkPolicy', 'kafka', 'ports'], ['9092']],
]

test.each(wrong)('refused: %s', (_why, path, value) => {
  const values = defaults()
  let place: Record<string, unknown> = values
  for (const key of path.slice(0, -1)) {
    const next: unknown = place[key] ?? {}
    place[key] = next
    place = next as Record<string, unknown>
  }
  place[path.at(-1) ?? ''] = value
  expect(isValid(values)).toBe(false)
})

test.each<[string, unknown]>([
  ['nothing said', {}],
  ['a Secret', { existingSecret: 'mine' }],
  ['a key of a Secret', { existingSecret: 'mine', key: 'url' }],
  ['a value', { value: 'redis://x' }],
])('a credential may be: %s', (_how, credential) => {
  expect(isValid({ credentials: { REDIS_URL: credential } })).toBe(true)
})

/** Every object of the schema is closed, or is the operator's own map. */
test('nothing gets in unnamed', () => {
  const open: string[] = []
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return
    const { type, properties, additionalProperties } = part as Record<string, unknown>
    if (properties !== undefined && type === 'object' && additionalProperties !== false) open.push(path)
    for (const [key, child] of Object.entries(properties ?? {})) visit(child, `${path}.${key}`)
  }
  visit(schema, '')
  expect(open).toEqual([])
})
