/**
 * The house plan: which workspace may look into which. This object is the only place where an arrow is allowed;
 * ARCHITECTURE.md draws the same picture, the manifests declare the same arrows, and tools/tidy fails when drawing,
 * plan, manifests and code differ. An arrow that is not here is a build failure.
 */
export const plan = {
  // level 0: know nothing of the world
  config: [],
  domain: [],
  identity: ['domain'],
  signing: [],
  replay: ['domain'],
  'reader-formats': ['domain'],
  specifications: [],
  client: [],
  // level 1
  catalogue: ['domain'],
  observability: ['config'],
  schemas: ['domain', 'config', 'observability'],
  // level 2: one door per technology
  runtime: ['config', 'observability'],
  http: ['config', 'observability', 'runtime'],
  kafka: ['config', 'observability'],
  postgres: ['domain', 'config', 'observability'],
  redis: ['domain', 'config', 'observability'],
  mail: ['domain', 'config'],
  'webhook-client': ['domain', 'config', 'observability'],
  'circuit-breaker': ['domain'],
  filters: ['domain'],
  // Used by people and scripts: what they may know of us is the API, and what is said once for both sides.
  cli: ['catalogue', 'client', 'domain', 'reader-formats', 'replay', 'signing'],
  // level 3
  'endpoint-directory': ['domain', 'schemas', 'kafka', 'observability'],
}

/** Each outside technology enters the house by exactly one door. */
export const doors = {
  kafka: 'kafkajs',
  schemas: '(@kafkajs/confluent-schema-registry|avsc)',
  postgres: '(pg|kysely)',
  redis: 'ioredis',
  'webhook-client': '(undici|ipaddr[.]js)',
  'circuit-breaker': 'opossum',
  filters: '@marcbachmann/cel-js',
  http: '(fastify|jose)',
  mail: 'nodemailer',
  observability: '(pino|prom-client|@opentelemetry/[^/]+)',
  identity: 'uuid',
}

/** What each service may use. Services meet on Kafka topics, never in code. */
const everyService = ['config', 'observability', 'runtime']
export const servicePlan = {
  producer: [
    ...everyService,
    'domain',
    'reader-formats',
    'identity',
    'catalogue',
    'schemas',
    'http',
    'kafka',
    'postgres',
    'redis',
  ],
  tracker: [...everyService, 'domain', 'identity', 'schemas', 'kafka'],
  router: [...everyService, 'domain', 'identity', 'schemas', 'kafka', 'endpoint-directory', 'filters'],
  dispatcher: [
    ...everyService,
    'domain',
    'identity',
    'signing',
    'schemas',
    'kafka',
    'webhook-client',
    'endpoint-directory',
    'redis',
    'circuit-breaker',
    'filters',
  ],
  retry: [...everyService, 'domain', 'schemas', 'kafka'],
  recorder: [...everyService, 'domain', 'schemas', 'kafka', 'postgres'],
  notifier: [...everyService, 'domain', 'identity', 'schemas', 'kafka', 'postgres', 'mail'],
  reconciler: [...everyService, 'domain', 'identity', 'schemas', 'kafka', 'postgres', 'filters'],
  api: [
    ...everyService,
    'domain',
    'identity',
    'signing',
    'catalogue',
    'schemas',
    'http',
    'kafka',
    'postgres',
    'redis',
    'webhook-client',
    'specifications',
    'filters',
  ],
  inspector: [...everyService, 'signing', 'http'],
  setup: [...everyService, 'domain', 'schemas', 'kafka', 'postgres', 'signing'],
  scanhook: [...everyService],
}

/** Applications meet the product over HTTP only. Checked by tidy: the parser that we have for the cruiser reads no TSX. */
export const appPlan = {
  console: ['client'],
}

const pure = '^packages/(domain|config|replay|reader-formats)/src'
const test = '[.]test[.]ts$'
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const among = (names) => (names.length === 0 ? '(?!)' : `^packages/(${names.join('|')})/`)

export default {
  forbidden: [
    forbid('no-cycles', 'Two modules in a cycle are one module with two names.', {}, { circular: true }),
    forbid(
      'no-unresolvable',
      'A package is entered through its exports, nowhere else.',
      {},
      { couldNotResolve: true },
    ),
    forbid(
      'packages-by-name',
      'Another workspace is imported by name, never by a relative path.',
      { path: '^(packages|services|tools|apps)/([^/]+)/' },
      { path: '^(packages|services|tools|apps)/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    ),
    ...Object.entries(plan).map(([name, allowed]) =>
      forbid(
        `plan-${name}`,
        `packages/${name} may import: ${allowed.join(', ') || 'nothing'}.`,
        { path: `^packages/${name}/src`, pathNot: test },
        { path: '^(packages|services|tools|test)/', pathNot: among([name, ...allowed]) },
      ),
    ),
    ...Object.entries(servicePlan).map(([name, allowed]) =>
      forbid(
        `plan-service-${name}`,
        `services/${name} may import: ${allowed.join(', ')}.`,
        { path: `^services/${name}/src`, pathNot: test },
        { path: '^packages/', pathNot: among(allowed) },
      ),
    ),
    forbid(
      'nobody-imports-apps',
      'An application is the end of the line: what the product needs of it are files.',
      { path: '^(packages|services|tools)/', pathNot: test },
      { path: '^apps/' },
    ),
    forbid(
      'pure-is-pure',
      'Decisions do no IO: no node: module, no npm package.',
      { path: pure, pathNot: test },
      { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'], pathNot: '^packages/' },
    ),
    forbid(
      'signing-is-crypto-only',
      'Signing needs node:crypto and nothing else.',
      { path: '^packages/signing/src', pathNot: test },
      {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'],
        pathNot: ['^(node:)?crypto$', '^packages/'],
      },
    ),
    forbid(
      'decisions-are-strangers',
      'Decision folders share the nouns at the root, never each other.',
      { path: '^packages/domain/src/([^/]+)/', pathNot: test },
      {
        path: '^packages/domain/src/[^/]+/',
        pathNot: ['^packages/domain/src/$1/', '^packages/domain/src/time/'],
      },
    ),
    forbid(
      'nouns-know-no-decisions',
      'Nouns are imported by decisions, not the other way round.',
      { path: '^packages/domain/src/[^/]+[.]ts$', pathNot: test },
      { path: '^packages/domain/src/[^/]+/' },
    ),
    ...Object.entries(doors).map(([name, dependency]) =>
      forbid(
        `one-door-${name}`,
        `Only packages/${name} may import ${dependency}.`,
        // tools/stack asks a server whether it works before any package of ours can be of use.
        { path: '^(packages|services|tools)/', pathNot: [`^packages/${name}/`, '^tools/stack/', test] },
        { path: `(^|node_modules/)${dependency}(/|$)` },
      ),
    ),
    forbid(
      'no-service-to-service',
      'Services meet on Kafka topics, never in code; only services/scanhook composes their service.ts.',
      { path: '^services/([^/]+)/', pathNot: '^services/scanhook/' },
      { path: '^services/', pathNot: '^services/$1/' },
    ),
    forbid(
      'all-in-one-only-composes',
      'services/scanhook sees service.ts of the others and nothing behind it.',
      { path: '^services/scanhook/', pathNot: test },
      { path: '^services/', pathNot: ['^services/[^/]+/src/service[.]ts$', '^services/scanhook/'] },
    ),
    forbid('main-is-a-leaf', 'Nothing imports a main.', {}, { path: '[/-]main[.]ts$' }),
    forbid(
      'tests-are-leaves',
      'Nothing imports a test, and only tests import testkit.',
      { pathNot: [test, '^packages/testkit/', '^test/'] },
      { path: [test, '^packages/testkit/'] },
    ),
    forbid(
      'the-product-knows-no-tools',
      'Packages and services never import tools/ or test/.',
      { path: '^(packages|services)/', pathNot: test },
      { path: '^(tools|test)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)[.](run|stack|turbo)/' },
    parser: 'swc', // TypeScript 7 has no JavaScript API to parse with
    tsPreCompilationDeps: true, // a type-only cycle is still a cycle in the reader's head
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
