/**
 * The plan, the drawing, the manifests and the code agree. dependency-cruiser checks code against plan; these rules
 * check what it can't: that the drawing in ARCHITECTURE.md has exactly the plan's arrows, that manifests declare no
 * arrow the plan does not have, that no workspace is missing from the plan, and that the run saw every file.
 */
import type { Problem, SourceFile } from './source-tree.ts'

export type Plan = Readonly<Record<string, readonly string[]>>

export interface HousePlan {
  readonly packages: Plan
  readonly services: Plan
  readonly apps: Plan
}

const problem = (rule: string, place: string, message: string): Problem => ({ rule, place, message })
const arrowsOf = (plan: Plan): Set<string> =>
  new Set(Object.entries(plan).flatMap(([from, to]) => to.map((name) => `${from} --> ${name}`)))

/** Packages are drawn as a mermaid block between `<!-- plan -->` marks; services as table rows `| name | a, b |`. */
export function drawingMatchesPlan(files: readonly SourceFile[], plan: HousePlan): readonly Problem[] {
  const place = 'ARCHITECTURE.md'
  const text = files.find((file) => file.path === place)?.text
  if (text === undefined) return [problem('drawing', place, 'is missing')]
  const drawn = new Set(
    [...between(text, 'plan').matchAll(/^\s*([a-z-]+) --> ([a-z-]+)\s*$/gm)].map(
      (match) => `${match[1]} --> ${match[2]}`,
    ),
  )
  const planned = arrowsOf(plan.packages)
  const drawnServices = arrowsOf(rowsOf(text, 'service-plan'))
  const plannedServices = arrowsOf(plan.services)
  const drawnApps = arrowsOf(rowsOf(text, 'app-plan'))
  const plannedApps = arrowsOf(plan.apps)
  const named = Object.keys(plan.packages).filter((name) => !text.includes(`\`${name}\``))
  return [
    ...difference(planned, drawn).map((arrow) =>
      problem('drawing', place, `the plan has ${arrow}, the drawing has not`),
    ),
    ...difference(drawn, planned).map((arrow) =>
      problem('drawing', place, `the drawing has ${arrow}, the plan has not`),
    ),
    ...difference(plannedServices, drawnServices).map((arrow) =>
      problem('drawing', place, `the service plan has ${arrow}, the table has not`),
    ),
    ...difference(drawnServices, plannedServices).map((arrow) =>
      problem('drawing', place, `the table has ${arrow}, the service plan has not`),
    ),
    ...difference(plannedApps, drawnApps).map((arrow) =>
      problem('drawing', place, `the plan of apps has ${arrow}, the table has not`),
    ),
    ...difference(drawnApps, plannedApps).map((arrow) =>
      problem('drawing', place, `the table of apps has ${arrow}, the plan has not`),
    ),
    ...named.map((name) => problem('drawing', place, `does not name packages/${name}`)),
  ]
}

/** A table between marks: `| name | a, b |`. */
function rowsOf(text: string, mark: string): Plan {
  return Object.fromEntries(
    [...between(text, mark).matchAll(/^\| `([a-z-]+)` \| ([^|]*) \|/gm)].map((match) => [
      match[1] ?? '',
      (match[2] ?? '')
        .split(',')
        .map((name) => name.trim().replaceAll('`', ''))
        .filter((name) => name !== ''),
    ]),
  )
}

function between(text: string, mark: string): string {
  const start = text.indexOf(`<!-- ${mark} -->`)
  const end = text.indexOf(`<!-- /${mark} -->`)
  return start < 0 || end < start ? '' : text.slice(start, end)
}

const difference = (left: ReadonlySet<string>, right: ReadonlySet<string>): string[] =>
  [...left].filter((value) => !right.has(value)).sort()

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Each manifest's `@scanhook/*` dependencies are within the plan, and each workspace is in it. */
export function manifestsMatchPlan(files: readonly SourceFile[], plan: HousePlan): readonly Problem[] {
  return files.flatMap((file) => {
    const match = /^(packages|services|apps)\/([^/]+)\/package\.json$/.exec(file.path)
    if (match === null || match[2] === 'testkit') return []
    const [, kind = '', name = ''] = match
    const allowed = plan[kind as keyof HousePlan][name]
    if (allowed === undefined) {
      return [problem('manifest', file.path, `${kind}/${name} is not in the plan (.dependency-cruiser.mjs)`)]
    }
    // The all-in-one is the one service that may name the others.
    const composed = kind === 'services' && name === 'scanhook' ? Object.keys(plan.services) : []
    return dependenciesOf(file)
      .filter(
        (key) =>
          key.startsWith('@scanhook/') && ![...allowed, ...composed].includes(key.slice('@scanhook/'.length)),
      )
      .map((key) => problem('manifest', file.path, `declares ${key}, which the plan does not allow`))
  })
}

const dependenciesOf = (manifest: SourceFile): readonly string[] =>
  Object.keys((JSON.parse(manifest.text) as Manifest).dependencies ?? {})

const homePattern = /^((?:packages|services|tools|apps)\/([^/]+)|test)\//

/** Imports of another workspace that the importing manifest does not declare: they only work by luck of hoisting. */
export function importsAreDeclared(files: readonly SourceFile[]): readonly Problem[] {
  const declared = new Map(
    files
      .filter((file) => file.path.endsWith('/package.json'))
      .map((file) => [file.path.slice(0, -'/package.json'.length), dependenciesOf(file)] as const),
  )
  return files
    .filter((file) => /\.tsx?$/.test(file.path) && !file.path.endsWith('.test.ts'))
    .flatMap((file) => {
      const [, home = '', name = 'test'] = homePattern.exec(file.path) ?? []
      const own = declared.get(home)
      if (own === undefined) return []
      const imported = new Set(
        [...file.text.matchAll(/from '(@scanhook\/[a-z-]+)\//g)].map((match) => match[1] ?? ''),
      )
      return [...imported]
        .filter((target) => target !== `@scanhook/${name}` && !own.includes(target))
        .map((target) =>
          problem(
            'undeclared-import',
            file.path,
            `imports ${target}, which ${home}/package.json does not declare`,
          ),
        )
    })
}

/** An empty green must not happen: the cruiser has to have seen every source file. */
export function cruiserSawEverything(
  files: readonly SourceFile[],
  cruised: ReadonlySet<string>,
): readonly Problem[] {
  return files
    .filter((file) => /^(packages|services|tools)\/[^/]+\/.*\.ts$/.test(file.path) && !cruised.has(file.path))
    .map((file) => problem('cruised', file.path, 'was not seen by dependency-cruiser'))
}

const outsideName =
  /(?:from|import)\s*\(?\s*'(@scanhook\/([a-z-]+)[^']*|node:[^']*|(?:\.\.\/)+(?:packages|services|tools|test)\/[^']*)'/g

/**
 * What runs in a browser imports no module of Node and of ours only what the plan says. The cruiser does not do it: it has no parser
 * for TSX that works with TypeScript 7.
 */
export function appsKeepToTheirPlan(files: readonly SourceFile[], plan: HousePlan): readonly Problem[] {
  return files.flatMap((file) => {
    const [, app] = /^apps\/([^/]+)\/src\/.*\.tsx?$/.exec(file.path) ?? []
    if (app === undefined || file.path.endsWith('.test.ts')) return []
    return [...file.text.matchAll(outsideName)]
      .filter(([, , name]) => name === undefined || plan.apps[app]?.includes(name) !== true)
      .map(([, name]) => problem(`plan-app-${app}`, file.path, `must not import ${name}`))
  })
}

const wiringFile = /\/(service|config|routes|server|[a-z-]*main)\.ts$/
const adapterImport =
  /^import (?!type\b)(?:\{[^}]*\}|[\w*, ]+) from '@scanhook\/(kafka|postgres|redis|webhook-client|http)\//m

/**
 * Handlers declare the ports they need; only service.ts plugs adapters in (routes.ts and server.ts know the HTTP door). The types of a
 * door's contract may be named anywhere, which is why this is not a rule of the cruiser: it can't tell `import type`.
 */
export function adaptersAreWiredInService(files: readonly SourceFile[]): readonly Problem[] {
  return files
    .filter(
      (file) =>
        /^services\/[^/]+\/src\/.*\.ts$/.test(file.path) &&
        !file.path.endsWith('.test.ts') &&
        !wiringFile.test(file.path),
    )
    .flatMap((file) => {
      const door = adapterImport.exec(file.text)?.[1]
      return door === undefined
        ? []
        : [
            problem(
              'adapters-wired-in-service',
              file.path,
              `takes more than types from @scanhook/${door}: declare a port, wire it in service.ts`,
            ),
          ]
    })
}
