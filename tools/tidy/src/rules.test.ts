/** Each rule of tidy, broken once: a rule that nothing can break checks nothing. */
import { describe, expect, test } from 'vitest'
import {
  adaptersAreWiredInService,
  appsKeepToTheirPlan,
  cruiserSawEverything,
  drawingMatchesPlan,
  type HousePlan,
  importsAreDeclared,
  manifestsMatchPlan,
} from './plan-rules.ts'
import { invariantsAreTested, metricRowsMatchCode, pagesMatchCode } from './reference-rules.ts'
import type { Problem, SourceFile } from './source-tree.ts'
import {
  lockIsWhole,
  namesSaySomething,
  rootIsTidy,
  textIsTidy,
  workspacesAreExplained,
} from './text-rules.ts'

const file = (path: string, text = ''): SourceFile => ({ path, text })
const rulesOf = (problems: readonly Problem[]): string[] => problems.map(({ rule }) => rule)

const plan: HousePlan = {
  packages: { domain: [], schemas: ['domain'] },
  services: { router: ['schemas'] },
  apps: {},
}
const drawing = (packages: string, services: string): SourceFile =>
  file(
    'ARCHITECTURE.md',
    `\`domain\` \`schemas\`\n<!-- plan -->\n${packages}\n<!-- /plan -->\n<!-- service-plan -->\n${services}\n<!-- /service-plan -->\n`,
  )

describe('drawing, plan and manifests agree', () => {
  const good = drawing('  schemas --> domain', '| `router` | `schemas` |')

  test('a true drawing passes', () => expect(drawingMatchesPlan([good], plan)).toEqual([]))
  test('a missing drawing is reported', () =>
    expect(rulesOf(drawingMatchesPlan([], plan))).toEqual(['drawing']))
  test('an arrow that is drawn and not planned is reported', () => {
    const found = drawingMatchesPlan(
      [drawing('schemas --> domain\ndomain --> schemas', '| `router` | `schemas` |')],
      plan,
    )
    expect(found.map(({ message }) => message)).toEqual([
      'the drawing has domain --> schemas, the plan has not',
    ])
  })
  test('an arrow that is planned and not drawn is reported', () => {
    expect(rulesOf(drawingMatchesPlan([drawing('', '| `router` | `schemas` |')], plan))).toEqual(['drawing'])
  })
  test('a service row that differs is reported', () => {
    expect(drawingMatchesPlan([drawing('schemas --> domain', '| `router` | `domain` |')], plan)).toHaveLength(
      2,
    )
  })
  test('a package that is not named is reported', () => {
    const wider = { ...plan, packages: { ...plan.packages, kafka: [] } }
    expect(drawingMatchesPlan([good], wider).map(({ message }) => message)).toEqual([
      'does not name packages/kafka',
    ])
  })
  test('an application that differs from its row is reported, and so is what it must not import', () => {
    const wider = { ...plan, apps: { console: ['client'] } }
    expect(drawingMatchesPlan([good], wider).map(({ message }) => message)).toEqual([
      'the plan of apps has console --> client, the table has not',
    ])
    const imports = (text: string): readonly string[] =>
      appsKeepToTheirPlan([file('apps/console/src/a.tsx', text)], wider).map(({ message }) => message)
    expect(
      imports("import { a } from '@scanhook/client/a'\nimport b from './b.tsx'\nimport 'react'"),
    ).toEqual([])
    for (const name of ['@scanhook/domain/a', 'node:fs', '../../../packages/domain/src/a.ts'])
      expect(imports(`import { a } from '${name}'`), name).toEqual([`must not import ${name}`])
    expect(imports("const a = import('@scanhook/domain/a')")).toHaveLength(1)
  })
  test('a manifest with an arrow outside the plan is reported', () => {
    const manifest = file('packages/domain/package.json', '{"dependencies":{"@scanhook/schemas":"*"}}')
    expect(rulesOf(manifestsMatchPlan([manifest], plan))).toEqual(['manifest'])
  })
  test('a workspace outside the plan is reported', () => {
    expect(rulesOf(manifestsMatchPlan([file('packages/extra/package.json', '{}')], plan))).toEqual([
      'manifest',
    ])
  })
  test('an import that the manifest does not declare is reported', () => {
    const files = [
      file('packages/schemas/package.json', '{}'),
      file('packages/schemas/src/a.ts', "import { x } from '@scanhook/domain/x'"),
    ]
    expect(rulesOf(importsAreDeclared(files))).toEqual(['undeclared-import'])
  })
  test('a handler that takes an adapter itself is reported, one that names its types is not', () => {
    const handler = (text: string) => [file('services/router/src/route-events.ts', text)]
    expect(
      rulesOf(adaptersAreWiredInService(handler("import { openKafka } from '@scanhook/kafka/open'"))),
    ).toEqual(['adapters-wired-in-service'])
    expect(
      adaptersAreWiredInService(handler("import type { RecordBatch } from '@scanhook/kafka/contract'")),
    ).toEqual([])
    expect(
      adaptersAreWiredInService([
        file('services/router/src/service.ts', "import { openKafka } from '@scanhook/kafka/open'"),
      ]),
    ).toEqual([])
  })
  test('a file that the cruiser did not see is reported', () => {
    expect(rulesOf(cruiserSawEverything([file('packages/domain/src/a.ts')], new Set()))).toEqual(['cruised'])
  })
})

describe('text', () => {
  const broken: readonly (readonly [string, SourceFile])[] = [
    ['ambient-time', file('packages/domain/src/a.ts', 'const now = Date.now()')],
    ['ambient-time', file('packages/domain/src/a.ts', 'const dice = Math.random()')],
    ['environment', file('services/api/src/handler.ts', 'const home = process.env.HOME')],
    ['todo', file('services/api/src/handler.ts', '// TODO later')],
    ['any', file('services/api/src/handler.ts', 'const x = y as any')],
    ['focused-test', file('services/api/src/handler.test.ts', "test.only('x', () => {})")],
    ['private-words', file('docs/a.md', `see /${'root'}/notes`)],
  ]
  test.each(broken)('%s is reported', (rule, source) => expect(rulesOf(textIsTidy([source]))).toEqual([rule]))
  test('a comment about Date is no clock', () => {
    expect(
      textIsTidy([file('packages/domain/src/a.ts', '// Date.now is banned here\nexport const a = 1')]),
    ).toEqual([])
  })
  test('a TODO with its issue passes', () =>
    expect(textIsTidy([file('services/api/src/a.ts', '// TODO(#12): widen')])).toEqual([]))
  test('a lock without an optional package is reported', () => {
    const lock = (extra: object) =>
      file(
        'package-lock.json',
        JSON.stringify({ packages: { 'node_modules/a': { optionalDependencies: { b: '1' } }, ...extra } }),
      )
    expect(rulesOf(lockIsWhole([lock({})]))).toEqual(['lock'])
    expect(lockIsWhole([lock({ 'node_modules/b': {} })])).toEqual([])
  })
  test('a stray file at the root is reported', () =>
    expect(rulesOf(rootIsTidy([file('notes.txt')]))).toEqual(['root']))
  test('a name that says nothing is reported', () =>
    expect(rulesOf(namesSaySomething([file('packages/domain/src/utils.ts')]))).toEqual(['names']))
  test('a workspace without a README is reported', () => {
    expect(rulesOf(workspacesAreExplained([file('packages/domain/package.json', '{}')]))).toEqual(['readme'])
  })
})

describe('reference pages', () => {
  const page = (path: string, text: string): SourceFile => file(path, text)

  test('a metric without an entry, and an entry without a metric, are reported', () => {
    const found = pagesMatchCode([
      file('services/api/src/a.ts', "counter('scanhook_a_total')"),
      page('docs/reference/metrics.md', '| `scanhook_b_total` | x |'),
      page('docs/reference/errors.md', ''),
    ])
    expect(rulesOf(found)).toEqual(['metrics-page', 'metrics-page'])
  })
  test('a row that says another kind or other labels than the code is reported', () => {
    const found = metricRowsMatchCode([
      file(
        'services/api/src/a.ts',
        "m.gauge('scanhook_a', 'A', { state: states })\nm.gauge('scanhook_b', 'B')",
      ),
      page(
        'docs/reference/metrics.md',
        '| `scanhook_a` | gauge | `state`: one, two | x |\n| `scanhook_b` | counter | | x |',
      ),
    ])
    expect(found.map(({ message }) => message)).toEqual([
      'scanhook_b is a gauge of () in services/api/src/a.ts:2, not a counter of ()',
    ])
  })
  test('an error code without a heading is reported', () => {
    const found = pagesMatchCode([file('packages/kafka/src/errors.ts', "['KAFKA_CLOSED']")])
    expect(rulesOf(found)).toEqual(['errors-page'])
  })
  test('an invariant without a test is reported, one with a test passes', () => {
    const source = file(
      'packages/kafka/src/a.ts',
      '/**\n * Invariants\n *   K1. Always.\n *   K2. Never.\n */',
    )
    const tests = file('packages/kafka/src/a.test.ts', "test('K1: always', () => {})")
    expect(invariantsAreTested([source, tests]).map(({ message }) => message)).toEqual([
      'K2 has no test whose title begins with it',
    ])
  })
})
