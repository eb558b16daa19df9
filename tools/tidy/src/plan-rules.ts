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
}

const problem = (rule: string, place: string, message: string): Problem => ({ rule, place, message })
const arrowsOf = (plan: Plan): Set<string> => new Set(Object.entries(plan).flatMap(([from, to]) => to.map((name) => `${from} --> ${name}`)))

/** Packages are drawn as a mermaid block between `<!-- plan -->` marks; services as table rows `| name | a, b |`. */
export function drawingMatchesPlan(files: readonly SourceFile[], plan: HousePlan): readonly Problem[] {
  const place = 'ARCHITECTURE.md'
  const text = files.find((file) => file.path === place)?.text
  if (text === undefined) return [problem('drawing', place, 'is missing')]
  const drawn = new Set([...between(text, 'plan').matchAll(/^\s*([a-z-]+) --> ([a-z-]+)\s*$/gm)].map((match) => `${match[1]} --> ${match[2]}`))
  const planned = arrowsOf(plan.packages)
  const rows = new Map(
    [...between(text, 'service-plan').matchAll(/^\| `([a-z-]+)` \| ([^|]*) \|/gm)].map((match) => [
      match[1] ?? '',
      (match[2] ?? '').split(',').map((name) => name.trim().replaceAll('`', '')).filter((name) => name !== ''),
    ]),
  )
  const drawnServices = arrowsOf(Object.fromEntries(rows))
  const plannedServices = arrowsOf(plan.services)
  const named = Object.keys(plan.packages).filter((name) => !text.includes(`\`${name}\``))
  return [
    ...difference(planned, drawn).map((arrow) => problem('drawing', place, `the plan has ${arrow}, the drawing has not`)),
    ...difference(drawn, planned).map((arrow) => problem('drawing', place, `the drawing has ${arrow}, the plan has not`)),
    ...difference(plannedServices, drawnServices).map((arrow) => problem('drawing', place, `the service plan has ${arrow}, the table has not`)),
    ...difference(drawnServices, plannedServices).map((arrow) => problem('drawing', place, `the table has ${arrow}, the service plan has not`)),
    ...named.map((name) => problem('drawing', place, `does not name packages/${name}`)),
  ]
}

function between(text: string, mark: string): string {
  const start = text.indexOf(`<!-- ${mark} -->`)
  const end = text.indexOf(`<!-- /${mark} -->`)
  return start < 0 || end < start ? '' : text.slice(start, end)
}

const difference = (left: ReadonlySet<string>, right: ReadonlySet<string>): string[] => [...left].filter((value) => !right.has(value)).sort()

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Each manifest's `@scanhook/*` dependencies are within the plan, and each workspace is in it. */
export function manifestsMatchPlan(files: readonly SourceFile[], plan: HousePlan): readonly Problem[] {
  const problems: Problem[] = []
  for (const file of files) {
    const match = /^(packages|services)\/([^/]+)\/package\.json$/.exec(file.path)
    if (match === null) continue
    const [, kind, name = ''] = match
    if (kind === 'packages' && name === 'testkit') continue
    const allowed = (kind === 'packages' ? plan.packages : plan.services)[name]
    if (allowed === undefined) {
      problems.push(problem('manifest', file.path, `${kind}/${name} is not in the plan (.dependency-cruiser.mjs)`))
      continue
    }
    const mayCompose = kind === 'services' && name === 'scanhook'
    const declared = Object.keys((JSON.parse(file.text) as Manifest).dependencies ?? {}).filter((key) => key.startsWith('@scanhook/'))
    for (const key of declared) {
      const target = key.slice('@scanhook/'.length)
      if (allowed.includes(target) || (mayCompose && target in plan.services)) continue
      problems.push(problem('manifest', file.path, `declares ${key}, which the plan does not allow`))
    }
  }
  return problems
}

/** Imports of another workspace that the importing manifest does not declare: they only work by luck of hoisting. */
export function importsAreDeclared(files: readonly SourceFile[]): readonly Problem[] {
  const declared = new Map<string, ReadonlySet<string>>()
  for (const file of files) {
    const match = /^((?:packages|services|tools)\/[^/]+|test)\/package\.json$/.exec(file.path)
    if (match?.[1] !== undefined) declared.set(match[1], new Set(Object.keys((JSON.parse(file.text) as Manifest).dependencies ?? {})))
  }
  const problems: Problem[] = []
  for (const file of files) {
    const home = /^((?:packages|services|tools)\/[^/]+|test)\//.exec(file.path)?.[1]
    if (home === undefined || !file.path.endsWith('.ts') || file.path.endsWith('.test.ts')) continue
    for (const match of file.text.matchAll(/from '(@scanhook\/[a-z-]+)\//g)) {
      const target = match[1] ?? ''
      if (target !== `@scanhook/${home.split('/')[1] ?? 'test'}` && declared.get(home)?.has(target) === false) {
        problems.push(problem('undeclared-import', file.path, `imports ${target}, which ${home}/package.json does not declare`))
      }
    }
  }
  return problems
}

/** An empty green must not happen: the cruiser has to have seen every source file. */
export function cruiserSawEverything(files: readonly SourceFile[], cruised: ReadonlySet<string>): readonly Problem[] {
  return files
    .filter((file) => /^(packages|services|tools)\/[^/]+\/.*\.ts$/.test(file.path) && !cruised.has(file.path))
    .map((file) => problem('cruised', file.path, 'was not seen by dependency-cruiser'))
}
