/**
 * Each rule of the import plan, broken once in a small made-up house, must be reported; and an allowed neighbour of
 * each must not be. Without this a rule with a wrong path would be green for ever.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cruised, cruiseTree } from './cruise.ts'
import { type HouseModule, readHousePlan } from './tidy.ts'

const root = resolve(import.meta.dirname, '../../..')

/** rule, the file that breaks it, what it imports. */
const probes: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['no-cycles', 'packages/runtime/src/cycle-a.ts', './cycle-b.ts'],
  ['no-unresolvable', 'packages/runtime/src/nowhere.ts', '@scanhook/config/not-there'],
  ['packages-by-name', 'packages/observability/src/deep.ts', '../../config/src/noun.ts'],
  ['plan-domain', 'packages/domain/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-config', 'packages/config/src/arrow.ts', '@scanhook/domain/noun'],
  ['plan-identity', 'packages/identity/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-signing', 'packages/signing/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-replay', 'packages/replay/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-reader-formats', 'packages/reader-formats/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-specifications', 'packages/specifications/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-client', 'packages/client/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-catalogue', 'packages/catalogue/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-observability', 'packages/observability/src/arrow.ts', '@scanhook/domain/noun'],
  ['plan-schemas', 'packages/schemas/src/arrow.ts', '@scanhook/runtime/noun'],
  ['plan-runtime', 'packages/runtime/src/arrow.ts', '@scanhook/domain/noun'],
  ['plan-http', 'packages/http/src/arrow.ts', '@scanhook/domain/noun'],
  ['plan-kafka', 'packages/kafka/src/arrow.ts', '@scanhook/domain/noun'],
  ['plan-postgres', 'packages/postgres/src/arrow.ts', '@scanhook/kafka/noun'],
  ['plan-redis', 'packages/redis/src/arrow.ts', '@scanhook/kafka/noun'],
  ['plan-mail', 'packages/mail/src/arrow.ts', '@scanhook/runtime/noun'],
  ['plan-webhook-client', 'packages/webhook-client/src/arrow.ts', '@scanhook/kafka/noun'],
  ['plan-circuit-breaker', 'packages/circuit-breaker/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-filters', 'packages/filters/src/arrow.ts', '@scanhook/config/noun'],
  ['plan-cli', 'packages/cli/src/arrow.ts', '@scanhook/http/noun'],
  ['plan-endpoint-directory', 'packages/endpoint-directory/src/arrow.ts', '@scanhook/runtime/noun'],
  ['plan-service-producer', 'services/producer/src/config.ts', '@scanhook/webhook-client/noun'],
  ['plan-service-tracker', 'services/tracker/src/config.ts', '@scanhook/postgres/noun'],
  ['plan-service-router', 'services/router/src/config.ts', '@scanhook/postgres/noun'],
  ['plan-service-dispatcher', 'services/dispatcher/src/config.ts', '@scanhook/postgres/noun'],
  ['plan-service-retry', 'services/retry/src/config.ts', '@scanhook/postgres/noun'],
  ['plan-service-recorder', 'services/recorder/src/config.ts', '@scanhook/webhook-client/noun'],
  ['plan-service-notifier', 'services/notifier/src/config.ts', '@scanhook/redis/noun'],
  ['plan-service-reconciler', 'services/reconciler/src/config.ts', '@scanhook/redis/noun'],
  ['plan-service-api', 'services/api/src/config.ts', '@scanhook/mail/noun'],
  ['plan-service-inspector', 'services/inspector/src/config.ts', '@scanhook/kafka/noun'],
  ['plan-service-setup', 'services/setup/src/config.ts', '@scanhook/redis/noun'],
  ['plan-service-scanhook', 'services/scanhook/src/config.ts', '@scanhook/kafka/noun'],
  ['nobody-imports-apps', 'services/api/src/screen.ts', '../../../apps/console/src/noun.ts'],
  ['pure-is-pure', 'packages/domain/src/io.ts', 'node:fs'],
  ['pure-is-pure', 'packages/replay/src/npm.ts', 'pg'],
  ['pure-is-pure', 'packages/reader-formats/src/io.ts', 'node:buffer'],
  ['signing-is-crypto-only', 'packages/signing/src/files.ts', 'node:fs'],
  ['decisions-are-strangers', 'packages/domain/src/retry/nosy.ts', '../matching/decision.ts'],
  ['nouns-know-no-decisions', 'packages/domain/src/nosy-noun.ts', './matching/decision.ts'],
  ['one-door-kafka', 'packages/postgres/src/side-door.ts', 'kafkajs'],
  ['one-door-postgres', 'packages/kafka/src/side-door.ts', 'pg'],
  ['one-door-redis', 'packages/kafka/src/redis-door.ts', 'ioredis'],
  ['one-door-mail', 'services/notifier/src/post.ts', 'nodemailer'],
  ['one-door-webhook-client', 'services/api/src/fetch.ts', 'undici'],
  ['one-door-circuit-breaker', 'services/dispatcher/src/breaker.ts', 'opossum'],
  ['one-door-filters', 'services/router/src/expressions.ts', '@marcbachmann/cel-js'],
  ['one-door-http', 'services/api/src/server-two.ts', 'fastify'],
  ['one-door-observability', 'packages/runtime/src/logger.ts', 'pino'],
  ['one-door-identity', 'packages/domain/src/uuid-noun.ts', 'uuid'],
  ['one-door-schemas', 'packages/kafka/src/avro.ts', 'avsc'],
  ['no-service-to-service', 'services/router/src/neighbour.ts', '../../tracker/src/service.ts'],
  ['all-in-one-only-composes', 'services/scanhook/src/deep.ts', '../../router/src/handler.ts'],
  ['main-is-a-leaf', 'services/router/src/imports-main.ts', './main.ts'],
  ['main-is-a-leaf', 'services/router/src/imports-other-main.ts', './seed-main.ts'],
  ['tests-are-leaves', 'services/router/src/imports-test.ts', './noun.test.ts'],
  ['the-product-knows-no-tools', 'packages/runtime/src/tooled.ts', '../../../tools/tidy/src/noun.ts'],
]

const allowed: readonly (readonly [file: string, imported: string])[] = [
  ['packages/schemas/src/allowed.ts', '@scanhook/domain/noun'],
  ['packages/kafka/src/allowed.ts', 'kafkajs'],
  ['packages/domain/src/retry/allowed.ts', '../noun.ts'],
  ['packages/signing/src/allowed.ts', 'node:crypto'],
  ['services/router/src/service.ts', '@scanhook/kafka/noun'],
  ['services/router/src/handler.ts', '@scanhook/kafka/noun'],
  ['services/scanhook/src/service.ts', '@scanhook/router/service'],
]

let folder = ''
let house: HouseModule
let cruised: Cruised

function put(path: string, text: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

function furnish(): void {
  const workspaces = [
    ...Object.keys(house.plan).map((name) => ['packages', name] as const),
    ...Object.keys(house.servicePlan).map((name) => ['services', name] as const),
    ...Object.keys(house.appPlan).map((name) => ['apps', name] as const),
    ['tools', 'tidy'] as const,
  ]
  mkdirSync(join(folder, 'node_modules/@scanhook'), { recursive: true })
  for (const [kind, name] of workspaces) {
    put(
      `${kind}/${name}/package.json`,
      JSON.stringify({ name: `@scanhook/${name}`, type: 'module', exports: { './*': './src/*.ts' } }),
    )
    put(`${kind}/${name}/src/noun.ts`, 'export const noun = 1\n')
    symlinkSync(join(folder, kind, name), join(folder, 'node_modules/@scanhook', name))
  }
  for (const outside of [
    'kafkajs',
    'pg',
    'ioredis',
    'undici',
    'fastify',
    'pino',
    'uuid',
    'avsc',
    'opossum',
    'nodemailer',
    '@marcbachmann/cel-js',
  ]) {
    put(`node_modules/${outside}/package.json`, JSON.stringify({ name: outside, main: 'main.js' }))
    put(`node_modules/${outside}/main.js`, 'export const noun = 1\n')
  }
  put('package.json', JSON.stringify({ name: 'made-up', dependencies: { pg: '*', kafkajs: '*' } }))
  put('packages/domain/src/matching/decision.ts', 'export const noun = 1\n')
  put(
    'packages/runtime/src/cycle-b.ts',
    "import type { noun as other } from './cycle-a.ts'\nexport const noun: typeof other = 1\n",
  )
  put('services/tracker/src/service.ts', 'export const noun = 1\n')
  put('services/router/src/main.ts', 'export const noun = 1\n')
  put('services/router/src/seed-main.ts', 'export const noun = 1\n')
  put('services/router/src/noun.test.ts', 'export const noun = 1\n')
  for (const [file, imported] of [
    ...probes.map(([, file, imported]) => [file, imported] as const),
    ...allowed,
  ]) {
    put(file, `import { noun as first } from '${imported}'\nexport const noun = first\n`)
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'house-probes-'))
  house = await readHousePlan(root)
  furnish()
  cruised = await cruiseTree(folder, ['packages', 'services', 'tools'], house.default)
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(probes)('breaking %s in %s is reported', (rule, file) => {
  expect(
    cruised.violations.filter((violation) => violation.from === file).map((violation) => violation.rule),
  ).toContain(rule)
})

test.each(allowed)('%s may import %s', (file) => {
  expect(cruised.violations.filter((violation) => violation.from === file)).toEqual([])
})

test('every rule of the plan has a probe', () => {
  const rules = (house.default.forbidden as readonly { name: string }[]).map((rule) => rule.name)
  expect(rules.filter((rule) => !probes.some(([probed]) => probed === rule))).toEqual([])
})
