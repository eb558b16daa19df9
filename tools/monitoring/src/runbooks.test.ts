/** What a runbook tells somebody to type at night exists: metrics, tables, paths, settings, services, lines of log, files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSourceTree } from '@scanhook/tidy/source-tree'
import { describe, expect, test } from 'vitest'
import { runbookName } from './alert.ts'
import { problemsOf, readKnownMetrics, root } from './known-metrics.ts'
import { alerts } from './render-rules.ts'

const known = await readKnownMetrics()
const files = readSourceTree(root)
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const product = files
  .filter(({ path }) => /^(packages|services)\/.*(?<!\.test)\.ts$/.test(path))
  .map(({ text }) => text)
const settings = new Set(
  [...read('docs/reference/configuration.md').matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1]),
)
/** Answers of PostgreSQL and Redis, and words of Kubernetes, that look like settings. */
const notOurs = new Set(['OOM', 'READONLY', 'NOAUTH', 'WRONGPASS', 'NOPERM', 'POD', 'ORG_ID', 'TOPIC'])
const services = readdirSync(join(root, 'services'))
const paths = new Set(Object.keys(JSON.parse(read('packages/specifications/documents/openapi.json')).paths))
const tables = new Set(
  files
    .filter(({ path }) => path.startsWith('packages/postgres/migrations/'))
    .flatMap(({ text }) =>
      [...text.matchAll(/create table (?:if not exists )?(\w+)/g)].map((match) => match[1] ?? ''),
    ),
)
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``, 'g'))].map(
    (match) => match[1] ?? '',
  )

describe.each([...new Set(alerts.map(runbookNameOf))])('docs/runbooks/%s.md', (name) => {
  const page = read(`docs/runbooks/${name}.md`)

  test('its expressions parse, and what they name exists', () => {
    const lines = blocks(page, 'promql').flatMap((block) => block.split('\n'))
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.flatMap((line) => problemsOf(line, known).map((problem) => `${line}: ${problem}`))).toEqual(
      [],
    )
  })

  test('its tables, API paths, services, settings, log lines, files and pages exist', () => {
    const unknown = [
      ...blocks(page, 'sql').flatMap((sql) =>
        missing(sql, /\b(?:from|join) (\w+)/g, (table) => tables.has(table)),
      ),
      ...missing(
        page,
        /(\/api\/v1\/[\w/{}-]+)/g,
        (path) => paths.has(path) || path === '/api/v1/scans' || path === '/api/v1/events',
      ),
      ...missing(page, /(?:deploy|job)\/scanhook-(\w+)/g, (service) => services.includes(service)),
      ...missing(page, /component=(\w+)/g, (service) => services.includes(service)),
      ...missing(
        page,
        /`([A-Z][A-Z_]{2,})[`=]/g,
        (word) => settings.has(word) || notOurs.has(word) || isCode(word),
      ),
      ...missing(page, /`((?:docs|services|packages|tools|deploy|bin)\/[\w./-]+)`/g, (path) =>
        existsSync(join(root, path)),
      ),
      ...missing(page, /node (services\/\S+\.ts)/g, (path) => existsSync(join(root, path))),
      ...missing(page, /\]\(([\w-]+\.md)\)/g, (path) => existsSync(join(root, 'docs/runbooks', path))),
      ...[...page.matchAll(/grep -E '([^']+)' \| tail/g)]
        .flatMap((match) => (match[1] ?? '').split('|'))
        .map((words) => words.replaceAll('\\', ''))
        .filter((words) => /^[a-z-]+\.[a-z-]*$/.test(words) && !product.some((text) => text.includes(words)))
        .map((words) => `${words} is in no log`),
    ]
    expect(unknown).toEqual([])
  })
})

function runbookNameOf(alert: (typeof alerts)[number]): string {
  return runbookName(alert)
}

function missing(text: string, pattern: RegExp, exists: (name: string) => boolean): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '').filter((name) => !exists(name))
}

function isCode(word: string): boolean {
  return product.some((text) => text.includes(`'${word}'`))
}
