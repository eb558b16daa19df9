/** The reference pages and the code agree, both ways: metrics, error codes, invariants. */
import { readMetrics } from './read-metrics.ts'
import { isTest, lineAt, type Problem, type SourceFile } from './source-tree.ts'

const isProduct = (file: SourceFile): boolean =>
  /^(packages|services)\/.*\.ts$/.test(file.path) && !isTest(file)
const page = (files: readonly SourceFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? ''

interface ReferencePage {
  readonly rule: string
  readonly path: string
  /** Finds a name in product code. Group 1 is the name. */
  readonly inCode: RegExp
  readonly appliesTo: (file: SourceFile) => boolean
  /** Finds the names that the page explains. Group 1 is the name. */
  readonly inPage: RegExp
}

const pages: readonly ReferencePage[] = [
  {
    rule: 'metrics-page',
    path: 'docs/reference/metrics.md',
    inCode: /['"`](scanhook_[a-z_]+)['"`]/g,
    appliesTo: isProduct,
    inPage: /^\| `(scanhook_[a-z_]+)`/gm,
  },
  {
    rule: 'errors-page',
    path: 'docs/reference/errors.md',
    inCode: /['"]([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)['"]/g,
    appliesTo: (file) => isProduct(file) && file.path.endsWith('/errors.ts'),
    inPage: /^### ([A-Z][A-Z0-9_]+)$/gm,
  },
]

/** Every name in code is on its page, and every name on a page is in code. */
export function pagesMatchCode(files: readonly SourceFile[]): readonly Problem[] {
  return pages.flatMap(({ rule, path, inCode, appliesTo, inPage }) => {
    const coded = new Map<string, string>()
    for (const file of files.filter(appliesTo)) {
      for (const match of file.text.matchAll(inCode))
        coded.set(match[1] ?? '', `${file.path}:${lineAt(file.text, match.index)}`)
    }
    const explained = new Set([...page(files, path).matchAll(inPage)].map((match) => match[1] ?? ''))
    return [
      ...[...coded]
        .filter(([name]) => !explained.has(name))
        .map(([name, place]) => ({ rule, place, message: `${name} is not explained in ${path}` })),
      ...[...explained]
        .filter((name) => !coded.has(name))
        .map((name) => ({ rule, place: path, message: `explains ${name}, which is not in the code` })),
    ]
  })
}

/** A row of the page says what the code says: the kind of metric, and its labels in their order. */
export function metricRowsMatchCode(files: readonly SourceFile[]): readonly Problem[] {
  const path = 'docs/reference/metrics.md'
  const rule = 'metrics-page'
  const declared = readMetrics(files)
  return [...page(files, path).matchAll(/^\| `(scanhook_[a-z_]+)` \| ([a-z]+) \| ([^|]*)\|/gm)].flatMap(
    ([, name = '', kind = '', column = '']) => {
      const metric = declared.get(name)
      if (metric === undefined) return []
      const labels = [...column.matchAll(/`([a-z_]+)`/g)].map((match) => match[1] ?? '')
      const says = `${kind} of (${labels.join(', ')})`
      const is = `${metric.kind} of (${metric.labels.join(', ')})`
      return says === is
        ? []
        : [{ rule, place: path, message: `${name} is a ${is} in ${metric.place}, not a ${says}` }]
    },
  )
}

/** A numbered invariant in a file's head comment has a test whose title begins with its number. */
export function invariantsAreTested(files: readonly SourceFile[]): readonly Problem[] {
  const titles = new Map<string, string>()
  for (const file of files.filter((each) => each.path.endsWith('.test.ts'))) {
    const home = homeOf(file.path)
    titles.set(home, `${titles.get(home) ?? ''}\n${file.text}`)
  }
  const everywhere = titles.get('test') ?? ''
  return files.filter(isProduct).flatMap((file) => {
    const head = /^\s*(\/\*\*[\s\S]*?\*\/)/.exec(file.text)?.[1] ?? ''
    if (!head.includes('Invariants')) return []
    const tests = `${titles.get(homeOf(file.path)) ?? ''}\n${everywhere}`
    return [...head.matchAll(/^ \*\s+([A-Z]{1,2}\d+)\. /gm)]
      .map((match) => match[1] ?? '')
      .filter((number) => !titlePattern(number).test(tests))
      .map((number) => ({
        rule: 'invariant',
        place: file.path,
        message: `${number} has no test whose title begins with it`,
      }))
  })
}

/** A title may begin with several numbers: `K1, K2: …`. */
const titlePattern = (number: string): RegExp =>
  new RegExp(`['"\`](?:[A-Z]{1,2}\\d+[,/ ]+(?:and )?)*${number}\\b`)

const homeOf = (path: string): string =>
  path.startsWith('test/') ? 'test' : path.split('/').slice(0, 2).join('/')
