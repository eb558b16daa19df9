/** Words of a command line become a command and its input, or the sentence that says what is wrong. Pure. */
import { parseArgs } from 'node:util'
import { type Command, everyOption, type Input, type OptionRow } from './command.ts'
import { type Output, outputs } from './output.ts'

export type CommandLine =
  | { readonly kind: 'run'; readonly command: Command; readonly input: Input; readonly output: Output }
  /** Of one command, of those that begin so, or of all. */
  | { readonly kind: 'help'; readonly path: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly problem: string; readonly path: readonly string[] }

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

export function parseCommandLine(words: readonly string[], table: readonly Command[]): CommandLine {
  const named = words.slice(0, firstOption(words))
  const isHelp = words.some((word) => word === '--help' || word === '-h')
  if (words.length === 1 && ['--version', '-v', '-V', 'version'].includes(words[0] ?? ''))
    return { kind: 'version' }
  if (named.length === 0) return withoutCommand(words[0], isHelp)
  if (named[0] === 'help') return { kind: 'help', path: named.slice(1) }
  const command = commandOf(named, table)
  if (command === undefined) return isHelp ? { kind: 'help', path: named } : unknown(named, table)
  if (isHelp) return { kind: 'help', path: command.path }
  try {
    const { values, positionals } = parseArgs({
      args: words.slice(command.path.length),
      options: optionsOf([...command.options, ...everyOption]),
      allowPositionals: true,
    })
    return judged(command, values, positionals)
  } catch (error) {
    return wrong(command.path, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
  }
}

/** Nothing was asked for, or an option stands where the command should: a script that ends with 0 would think it was done. */
function withoutCommand(first: string | undefined, isHelp: boolean): CommandLine {
  if (first === undefined || isHelp) return { kind: 'help', path: [] }
  return wrong([], `the command comes first, and ${first} behind it: scanhook COMMAND ${first}`)
}

function firstOption(words: readonly string[]): number {
  const index = words.findIndex((word) => word.startsWith('-'))
  return index < 0 ? words.length : index
}

function commandOf(named: readonly string[], table: readonly Command[]): Command | undefined {
  return table.find(({ path }) => path.every((word, index) => named[index] === word))
}

function unknown(named: readonly string[], table: readonly Command[]): CommandLine {
  const group = table.filter(({ path }) => path.length > 1 && path[0] === named[0])
  if (group.length === 0) return wrong([], `there is no command ${named[0]}`)
  const known = group.map(({ path }) => path[1]).join(', ')
  const [first = '', second] = named
  return wrong([first], second === undefined ? `${first} needs one of ${known}` : `${first} knows ${known}`)
}

function wrong(path: readonly string[], problem: string): CommandLine {
  return { kind: 'wrong', problem, path }
}

function optionsOf(
  rows: readonly OptionRow[],
): Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }> {
  return Object.fromEntries(
    rows.map(({ name, short, value, isMultiple }) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        ...(isMultiple === true ? { multiple: true } : {}),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  )
}

function judged(command: Command, values: Values, positionals: readonly string[]): CommandLine {
  const { path } = command
  const needed = command.positionals.filter(({ isOptional }) => isOptional !== true)
  const missing = needed[positionals.length]
  if (missing !== undefined) return wrong(path, `${missing.name} is missing: ${missing.description}`)
  const surplus = positionals[command.positionals.length]
  if (surplus !== undefined) return wrong(path, `${surplus} is one word too many`)
  const notAmong =
    command.positionals
      .map(({ name, choices }, index) => choiceProblem(name, choices, positionals[index]))
      .find((problem) => problem !== null) ??
    [...command.options, ...everyOption]
      .flatMap(({ name, choices }) =>
        [values[name] ?? []].flat().map((given) => choiceProblem(`--${name}`, choices, given)),
      )
      .find((problem) => problem !== null)
  if (typeof notAmong === 'string') return wrong(path, notAmong)
  const output = outputs.find((each) => each === values['output']) ?? 'table'
  return { kind: 'run', command, input: inputOf(values, positionals), output }
}

function choiceProblem(
  name: string,
  choices: readonly string[] | undefined,
  given: string | boolean | undefined,
): string | null {
  if (choices === undefined || given === undefined || typeof given === 'boolean' || choices.includes(given))
    return null
  return `${name} is one of ${choices.join(', ')}`
}

function inputOf(values: Values, positionals: readonly string[]): Input {
  return {
    positionals,
    text: (option) => {
      const value = values[option]
      return typeof value === 'string' ? value : undefined
    },
    texts: (option) => [values[option] ?? []].flat().filter((each) => typeof each === 'string'),
    has: (option) => values[option] === true,
  }
}
