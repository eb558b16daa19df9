import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { commandTable } from './command-table.ts'
import { pageIntroduction } from './page-introduction.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { renderCompletion, shells } from './render-completion.ts'
import { renderHelp } from './render-help.ts'
import { renderPage } from './render-page.ts'
import { version } from './version.ts'

test('docs/cli.md is what the table says', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8')
  expect(page).toBe(renderPage(pageIntroduction, commandTable))
})

/** `scanhook …` out of an example, with pipes and variables around it taken away. */
function wordsOf(example: string): readonly string[] | null {
  const found = /scanhook ([^|<>)]+)/.exec(example)?.[1]
  return found?.trim().split(/\s+/) ?? null
}

test.each(commandTable.map((command) => [command.path.join(' '), command] as const))(
  '%s: its examples are right, its help names all it has, and every shell completes it',
  (name, command) => {
    expect(command.examples.length).toBeGreaterThan(0)
    for (const example of command.examples) {
      const line = parseCommandLine(wordsOf(example) ?? [], commandTable)
      expect([example, line.kind]).toEqual([example, 'run'])
      // Before a pipe another command may stand.
      if (line.kind === 'run' && !example.includes('|')) expect(line.command.path).toEqual(command.path)
    }
    const help = renderHelp(command.path, commandTable)
    for (const each of [...command.options, ...command.positionals]) {
      expect(help).toContain(each.name)
      expect(help).toContain(each.description)
    }
    for (const shell of shells) {
      const script = renderCompletion(shell, commandTable)
      for (const option of command.options) expect(script).toContain(option.name)
      expect(script).toContain(name.split(' ').at(-1))
    }
  },
)

test.each([
  ['nosuch', 'there is no command nosuch'],
  ['endpoints', 'endpoints needs one of list, show, create, pause, resume, rotate, check, delete'],
  ['endpoints fly', 'endpoints knows list, show, create, pause, resume, rotate, check, delete'],
  ['listen', 'PORT is missing: a port of localhost, or a URL such as http://localhost:3000/hooks'],
  ['listen 1 2', '2 is one word too many'],
  ['whoami -o xml', '--output is one of table, json, quiet'],
  ['completion csh', 'SHELL is one of bash, zsh, fish'],
  ['-o json whoami', 'the command comes first, and -o behind it: scanhook COMMAND -o'],
  [
    '--output=json whoami',
    'the command comes first, and --output=json behind it: scanhook COMMAND --output=json',
  ],
  ['--version whoami', 'the command comes first, and --version behind it: scanhook COMMAND --version'],
  ['listen 3000 --profile x', '--profile is one of standard, trakrf, trackberry'],
])('scanhook %s is refused: %s', (words, problem) => {
  expect(parseCommandLine(words.split(' '), commandTable)).toMatchObject({ kind: 'wrong', problem })
})

test('--version says what package.json says', async () => {
  const file = resolve(import.meta.dirname, '../package.json')
  expect(version).toBe(JSON.parse(readFileSync(file, 'utf8')).version)
  expect(parseCommandLine(['--version'], commandTable)).toEqual({ kind: 'version' })
})

test('an unknown option is refused, help is given wherever it is asked for', () => {
  expect(parseCommandLine(['whoami', '--nosuch'], commandTable).kind).toBe('wrong')
  expect(parseCommandLine([], commandTable)).toEqual({ kind: 'help', path: [] })
  expect(parseCommandLine(['--help'], commandTable)).toEqual({ kind: 'help', path: [] })
  expect(parseCommandLine(['-h', 'whoami'], commandTable)).toEqual({ kind: 'help', path: [] })
  expect(parseCommandLine(['endpoints', '--help'], commandTable)).toEqual({
    kind: 'help',
    path: ['endpoints'],
  })
  expect(parseCommandLine(['endpoints', 'list', '-h'], commandTable)).toEqual({
    kind: 'help',
    path: ['endpoints', 'list'],
  })
  expect(renderHelp(['endpoints'], commandTable)).not.toContain('whoami')
})
