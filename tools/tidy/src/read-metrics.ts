/**
 * Every metric that the product declares, read from the calls in its source: name, kind and labels. Owns what such a call
 * looks like; the reference page, the alerts and the dashboards are held against what it finds. A declaration that it
 * can't read is an error, not a gap: `problem` says where.
 */
import { isTest, lineAt, type SourceFile } from './source-tree.ts'

export interface DeclaredMetric {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** In their order; empty without. */
  readonly labels: readonly string[]
  /** Where the values of a label stand in the call itself; absent where they come from a constant elsewhere. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** `path:line` */
  readonly place: string
}

const isProduct = ({ path }: SourceFile): boolean => /^(packages|services)\/.*\.ts$/.test(path)

/** Throws with the place of a declaration whose labels can't be read, or of one that contradicts another. */
export function readMetrics(files: readonly SourceFile[]): ReadonlyMap<string, DeclaredMetric> {
  const found = new Map<string, DeclaredMetric>()
  for (const file of files.filter((each) => isProduct(each) && !isTest(each))) {
    for (const metric of declarationsIn(file)) {
      const before = found.get(metric.name)
      if (before !== undefined && `${before.labels}` !== `${metric.labels}`) {
        throw new Error(`${metric.place}: ${metric.name} has other labels than at ${before.place}`)
      }
      found.set(metric.name, metric)
    }
  }
  return found
}

function declarationsIn(file: SourceFile): readonly DeclaredMetric[] {
  const calls = [...file.text.matchAll(/\.(counter|gauge|histogram)\(\s*'(scanhook_[a-z0-9_]+)'/g)].map(
    (match): DeclaredMetric => {
      const [, kind = '', name = ''] = match
      const place = `${file.path}:${lineAt(file.text, match.index)}`
      const [, , labels = ''] = splitTop(enclosed(file.text, file.text.indexOf('(', match.index)))
      return { name, kind: kind as DeclaredMetric['kind'], place, ...labelsOf(labels, file, place) }
    },
  )
  // The one that the door to prom-client declares for itself.
  const own = [
    ...file.text.matchAll(/new Gauge\(\{\s*name: '(scanhook_[a-z_]+)'[^}]*labelNames: (\[[^\]]*\])/g),
  ].map(([, name = '', labels = ''], index): DeclaredMetric => {
    const place = `${file.path}:${index + 1}`
    return { name, kind: 'gauge', place, ...labelsOf(labels, file, place) }
  })
  return [...calls, ...own]
}

function labelsOf(text: string, file: SourceFile, place: string): Pick<DeclaredMetric, 'labels' | 'values'> {
  const source = text.trim()
  if (source === '') return { labels: [], values: new Map() }
  if (source.startsWith('[')) return { labels: stringsIn(source), values: new Map() }
  if (source.startsWith('{')) {
    const fields = splitTop(source.slice(1, -1)).map((field) => field.trim())
    const values = new Map<string, readonly string[]>()
    const labels = fields
      .filter((field) => field !== '')
      .map((field) => {
        const [, label = '', value = ''] = /^(\w+)(?::\s*([\s\S]*))?$/.exec(field) ?? []
        if (value.startsWith('[')) values.set(label, stringsIn(value))
        return label
      })
    return { labels, values }
  }
  const at = file.text.search(new RegExp(`const ${source} = [{[]`))
  if (!/^\w+$/.test(source) || at < 0) throw new Error(`${place}: the labels ${source} can't be read`)
  const open = at + `const ${source} = `.length
  const closing = file.text[open] === '{' ? '}' : ']'
  return labelsOf(`${file.text[open]}${enclosed(file.text, open)}${closing}`, file, place)
}

const stringsIn = (text: string): readonly string[] =>
  [...text.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '')

/** What stands between the bracket at `open` and the one that closes it. */
function enclosed(text: string, open: number): string {
  let depth = 0
  for (const { index, char } of outsideStrings(text, open)) {
    if ('([{'.includes(char)) depth += 1
    if (')]}'.includes(char)) depth -= 1
    if (depth === 0) return text.slice(open + 1, index)
  }
  throw new Error(`no bracket closes the one at ${open}`)
}

/** At the commas that stand in no bracket and no string. */
function splitTop(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (const { index, char } of outsideStrings(text, 0)) {
    if ('([{'.includes(char)) depth += 1
    if (')]}'.includes(char)) depth -= 1
    if (char === ',' && depth === 0) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}

function* outsideStrings(
  text: string,
  from: number,
): Generator<{ readonly index: number; readonly char: string }> {
  let quote: string | null = null
  for (let index = from; index < text.length; index += 1) {
    const char = text[index] ?? ''
    if (quote === null && `'"\``.includes(char)) quote = char
    else if (quote === null) yield { index, char }
    else if (char === quote) quote = null
  }
}
