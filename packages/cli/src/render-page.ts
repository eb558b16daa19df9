/** `docs/cli.md`, from the command table. Pure; a test compares the file. */
import { type Command, everyOption, type OptionRow, type PositionalRow } from './command.ts'
import { exitCodeMeanings } from './exit-codes.ts'
import { describe, optionText, usageOf } from './render-help.ts'

export function renderPage(introduction: string, table: readonly Command[]): string {
  return [
    introduction.trimEnd(),
    '',
    '## Exit codes',
    '',
    ...rows(
      'code',
      'means',
      exitCodeMeanings.map(([code, meaning]) => [String(code), meaning]),
    ),
    '',
    '## Commands',
    '',
    ...rows(
      'command',
      'does',
      table.map((each) => [`\`scanhook ${usageOf(each)}\``, each.summary]),
    ),
    '',
    'Every command has these:',
    '',
    ...optionRows(everyOption),
    ...table.flatMap(section),
    '',
  ].join('\n')
}

function section(command: Command): readonly string[] {
  const { path, summary, details, positionals, options, examples } = command
  return [
    '',
    `### ${path.join(' ')}`,
    '',
    '```',
    ...examples,
    '```',
    '',
    `${summary}.${details === undefined ? '' : ` ${details}`}`,
    ...(positionals.length + options.length === 0 ? [] : ['', ...optionRows([...positionals, ...options])]),
  ]
}

function optionRows(all: readonly (OptionRow | PositionalRow)[]): readonly string[] {
  return rows(
    'word',
    'means',
    all.map((each) => [
      `\`${/^[A-Z_]+$/.test(each.name) ? each.name : optionText(each as OptionRow)}\``,
      describe(each),
    ]),
  )
}

function rows(left: string, right: string, all: readonly (readonly [string, string])[]): readonly string[] {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  return [`| ${left} | ${right} |`, '| --- | --- |', ...all.map(([a, b]) => `| ${cell(a)} | ${cell(b)} |`)]
}
