/**
 * An outside client's opinion: schemathesis makes requests out of the OpenAPI document, right ones and wrong ones, and holds
 * every answer against it. The rules that no schema can say are in checks.py.
 */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../harness/service-process.ts'

const here = join(root, 'test/conformance')
const document = join(root, 'packages/specifications/documents/openapi.json')

export interface Run {
  /** The Python that has schemathesis. */
  readonly python: string
  readonly url: string
  readonly key: string
  /** Where it may keep its notes. */
  readonly folder: string
  /** Values of path parameters that exist, by name. */
  readonly parameters: Readonly<Record<string, string | number>>
  /** Regular expressions over operation ids. */
  readonly include: string | null
  readonly exclude: string | null
  /** Random cases for each operation, beside those that follow from the schemas. */
  readonly examplesMax: number
}

export interface Verdict {
  readonly exitCode: number
  /** Cases that were sent, as it says itself; null when it did not come to that. */
  readonly cases: number | null
  readonly output: string
}

/** Resolves also when it found something. */
export function runSchemathesis(run: Run): Promise<Verdict> {
  const config = join(run.folder, 'schemathesis.toml')
  writeFileSync(config, configOf(run.parameters))
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', config, 'run', document],
    ...['--url', run.url, '--header', `Authorization: Bearer ${run.key}`],
    // checks.py has one in the place of positive_data_acceptance that knows which rules no schema can say.
    ...['--checks', 'all', '--exclude-checks', 'positive_data_acceptance'],
    ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(run.examplesMax)],
    // One: Python 3.11, which Debian 12 has, loses count of its parser's depth when two threads parse (python/cpython#106905),
    // and the library that makes the cases parses its own sources.
    ...['--workers', '1', '--suppress-health-check', 'all', '--no-color'],
    ...(run.include === null ? [] : ['--include-operation-id-regex', run.include]),
    ...(run.exclude === null ? [] : ['--exclude-operation-id-regex', run.exclude]),
  ]
  return new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      PYTHONPATH: here,
      SCHEMATHESIS_HOOKS: 'checks',
      // Else a compiled copy with this machine's path in it would lie beside checks.py.
      PYTHONDONTWRITEBYTECODE: '1',
    }
    execFile(
      run.python,
      args,
      { cwd: run.folder, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const output = `${stdout}\n${stderr}`.replaceAll(run.key, '…')
        const cases = /^\s*(\d+) generated/m.exec(output)?.[1]
        resolve({
          exitCode: error === null ? 0 : Number(error.code ?? 1),
          cases: cases === undefined ? null : Number(cases),
          output,
        })
      },
    )
  })
}

/** A fixed seed, so that a run can be repeated. */
function configOf(parameters: Run['parameters']): string {
  return [
    'seed = 1',
    '[checks]',
    // Of a request whose head has more than 16 KiB Node refuses to know more (431).
    'negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 429, 431]',
    '[parameters]',
    ...Object.entries(parameters).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`),
    // A stream that is opened says what there is within a moment, and ends after five minutes: each that is granted was waited for
    // for ten seconds, which was half of the time of all cases.
    '[[operations]]',
    'include-operation-id-regex = "^stream"',
    'request-timeout = 2.0',
    '',
  ].join('\n')
}
