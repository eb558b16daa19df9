/** Help for people, from the command table. Pure. */
import { type Command, everyOption, type OptionRow, type PositionalRow } from './command.ts'

export function renderHelp(path: readonly string[], table: readonly Command[]): string {
  const exact = table.find((each) => each.path.join(' ') === path.join(' '))
  return exact === undefined ? renderOverview(path, table) : renderCommand(exact)
}

function renderOverview(path: readonly string[], table: readonly Command[]): string {
  const below = table.filter((each) => path.every((word, index) => each.path[index] === word))
  const shown = below.length === 0 ? table : below
  const lines = shown.map((each) => [usageOf(each), each.summary] as const)
  return [
    'scanhook COMMAND …',
    '',
    ...aligned(lines),
    '',
    'scanhook COMMAND --help says more about one. Every command has -o table|json|quiet.',
    'scanhook --version says which this is.',
    'SCANHOOK_URL and SCANHOOK_API_KEY beat what scanhook login has saved.',
    '',
  ].join('\n')
}

function renderCommand(command: Command): string {
  const { positionals, options, examples, summary, details } = command
  return [
    `scanhook ${usageOf(command)} [options]`,
    '',
    `${summary}.`,
    ...(details === undefined ? [] : ['', details]),
    ...section('', aligned(positionals.map((each) => [each.name, describe(each)]))),
    ...section(
      'Options',
      aligned([...options, ...everyOption].map((each) => [optionText(each), describe(each)])),
    ),
    ...section(
      'Examples',
      examples.map((each) => `  ${each}`),
    ),
    '',
  ].join('\n')
}

export function usageOf({ path, positionals }: Pick<Command, 'path' | 'positionals'>): string {
  return [
    ...path,
    ...positionals.map(({ name, isOptional }) => (isOptional === true ? `[${name}]` : name)),
  ].join(' ')
}

export function optionText({ name, short, value }: OptionRow): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

export function describe({ description, choices, ...row }: OptionRow | PositionalRow): string {
  const among = choices === undefined ? '' : ` (${choices.join(', ')})`
  const again = 'isMultiple' in row && row.isMultiple === true ? '; may be repeated' : ''
  return `${description}${among}${again}`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return []
  return title === '' ? ['', ...lines] : ['', `${title}:`, ...lines]
}

function aligned(lines: readonly (readonly [left: string, right: string])[]): readonly string[] {
  const width = Math.max(0, ...lines.map(([left]) => left.length))
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
