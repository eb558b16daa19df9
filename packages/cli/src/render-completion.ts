/** Completion for three shells, from the command table. Pure. */
import { type Command, everyOption, type OptionRow } from './command.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/**
 * What is asked for in the catalogue when it is wanted. The shell expands what it completes with: nothing but names of event types
 * gets there, whatever an API answers.
 */
const askTypes = `scanhook event-types -o quiet 2>/dev/null | grep -Ex "[a-z_]+([.][a-z_]+)+"`

/** A script to be sourced. */
export function renderCompletion(shell: Shell, table: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(table)
    case 'zsh':
      return `#compdef scanhook\nautoload -U +X bashcompinit && bashcompinit\n${bash(table)}`
    case 'fish':
      return fish(table)
  }
}

const firstWords = (table: readonly Command[]): readonly string[] => [
  ...new Set(table.map(({ path }) => path[0] ?? '')),
]
const secondWords = (table: readonly Command[], first: string): readonly string[] =>
  table.flatMap(({ path }) => (path[0] === first && path[1] !== undefined ? [path[1]] : []))
const optionsOf = (command: Command): readonly OptionRow[] => [...command.options, ...everyOption]
const choicesOf = (command: Command): readonly string[] =>
  command.positionals.flatMap(({ choices = [] }) => choices)
const isOfType = (command: Command): boolean => command.positionals.some(({ name }) => name === 'EVENT_TYPE')

function bash(table: readonly Command[]): string {
  const groups = firstWords(table).filter((first) => secondWords(table, first).length > 0)
  const cases = table.map((command) => {
    const words = [...optionsOf(command).map(({ name }) => `--${name}`), ...choicesOf(command)].join(' ')
    const types = isOfType(command) ? ` $(${askTypes})` : ''
    return `    '${command.path.join(' ')}') words="${words}${types}" ;;`
  })
  const values = [...new Map(table.flatMap(optionsOf).map((each) => [each.name, each])).values()]
    .filter(({ choices }) => choices !== undefined)
    .map(({ name, choices = [] }) => `    --${name}) words="${choices.join(' ')}" ;;`)
  return [
    '_scanhook() {',
    `  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""`,
    `  local command="\${COMP_WORDS[1]}"`,
    `  case " ${groups.join(' ')} " in *" $command "*) [ "$COMP_CWORD" -gt 2 ] && command="$command \${COMP_WORDS[2]}" ;; esac`,
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${firstWords(table).join(' ')} help"`,
    '  else case "$command" in',
    ...groups.map((first) => `    '${first}') words="${secondWords(table, first).join(' ')}" ;;`),
    ...cases,
    '  esac; fi',
    '  case "$before" in',
    ...values,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _scanhook scanhook',
    '',
  ].join('\n')
}

function fish(table: readonly Command[]): string {
  const first = firstWords(table).map((word) => {
    const command = table.find(({ path }) => path.length === 1 && path[0] === word)
    const said = command?.summary ?? secondWords(table, word).join(', ')
    return `complete -c scanhook -n __fish_use_subcommand -f -a ${word} -d ${quoted(said)}`
  })
  return `${[...first, ...table.flatMap((command) => fishLinesOf(command, table))].join('\n')}\n`
}

function fishLinesOf(command: Command, table: readonly Command[]): readonly string[] {
  const [first = '', second] = command.path
  const begun = `__fish_seen_subcommand_from ${first}`
  const isHere = quoted(second === undefined ? begun : `${begun}; and __fish_seen_subcommand_from ${second}`)
  const lines = optionsOf(command).map((option) => `complete -c scanhook -n ${isHere}${fishOption(option)}`)
  if (second !== undefined) {
    const isNext = quoted(
      `${begun}; and not __fish_seen_subcommand_from ${secondWords(table, first).join(' ')}`,
    )
    lines.push(`complete -c scanhook -n ${isNext} -f -a ${second} -d ${quoted(command.summary)}`)
  }
  const words = isOfType(command) ? `(${askTypes})` : choicesOf(command).join(' ')
  if (words !== '') lines.push(`complete -c scanhook -n ${isHere} -f -a ${quoted(words)}`)
  return lines
}

function fishOption({ name, short, value, choices, description }: OptionRow): string {
  return [
    ` -l ${name}`,
    short === undefined ? '' : ` -s ${short}`,
    value === undefined ? '' : ' -r',
    choices === undefined ? '' : ` -f -a ${quoted(choices.join(' '))}`,
    ` -d ${quoted(description)}`,
  ].join('')
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
