/** Completion as the shells themselves do it; a shell that is not on this machine is named. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { commandTable } from './command-table.ts'
import { renderCompletion } from './render-completion.ts'

const folder = mkdtempSync(join(tmpdir(), 'scanhook-completion-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
for (const shell of ['bash', 'zsh', 'fish'] as const)
  writeFileSync(join(folder, shell), renderCompletion(shell, commandTable))
// What the scripts ask for event types: ours would ask an API.
writeFileSync(join(folder, 'scanhook'), '#!/bin/sh\necho asset.moved\necho asset.scanned\n', { mode: 0o755 })

const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb', FOLDER: folder }
const run = (shell: string, words: readonly string[]): string =>
  execFileSync(shell, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
const has = (shell: string): boolean => {
  try {
    run(shell, ['-c', 'exit 0'])
    return true
  } catch {
    return false
  }
}

/** What is behind the words; the last one is what is begun. */
const cases: readonly (readonly [words: string, offered: readonly string[]])[] = [
  ['wh', ['whoami']],
  ['endpoints r', ['resume', 'rotate']],
  ['listen --pro', ['--profile']],
  ['listen --profile tra', ['trakrf', 'trackberry']],
  ['whoami --output j', ['json']],
  ['trigger asset.m', ['asset.moved']],
  ['trigger --pub', ['--publish']],
  ['completion z', ['zsh']],
  ['deliveries list --state d', ['delivered', 'dead']],
]

function inBash(words: string, before = ''): readonly string[] {
  const script = `source "$FOLDER/bash"; ${before} COMP_WORDS=(scanhook ${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    $(complete -p scanhook | sed 's/.*-F \\([^ ]*\\).*/\\1/'); printf '%s\\n' "\${COMPREPLY[@]}"`
  return run('bash', ['--norc', '-c', script])
    .split('\n')
    .filter((each) => each !== '')
}

/** What our function offers; of that the line editor leaves what begins with the word (compadd), as is done here. */
function inZsh(words: string): readonly string[] {
  const script = `autoload -Uz compinit && compinit -u -D; source "$FOLDER/zsh"; [[ -n $_comps[scanhook] ]] || exit 9
    setopt ksharrays; COMP_WORDS=(scanhook ${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _scanhook; print -l -- \${COMPREPLY[@]}`
  const begun = words.split(' ').at(-1) ?? ''
  return run('zsh', ['-f', '-c', script])
    .split('\n')
    .filter((each) => each !== '' && each.startsWith(begun))
}

function inFish(words: string): readonly string[] {
  const script = `source "$FOLDER/fish"; complete -C "scanhook ${words}"`
  return run('fish', ['--no-config', '-c', script])
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((each) => each !== '')
}

test.each(cases)('bash: scanhook %s', (words, offered) => {
  expect(inBash(words)).toEqual(offered)
})
test('bash: nothing of what an API answered is run, and only names of event types are offered', () => {
  const answers = [
    'asset.moved',
    '$(touch "$FOLDER/run")',
    '`touch "$FOLDER/run"`',
    'asset.moved;touch',
    'a b.c',
    "asset.'",
    '--all',
    '*.ts',
  ]
  writeFileSync(join(folder, 'answers'), `${answers.join('\n')}\n`)
  const hostile = 'scanhook() { cat "$FOLDER/answers"; };'
  expect(inBash('trigger a', hostile)).toEqual(['asset.moved'])
  expect(inBash('trigger ""', hostile).filter((word) => !word.startsWith('--'))).toEqual(['asset.moved'])
  expect(existsSync(join(folder, 'run'))).toBe(false)
})
test.skipIf(!has('zsh')).each(cases)('zsh: scanhook %s (skipped where there is no zsh)', (words, offered) => {
  expect([...inZsh(words)].sort()).toEqual([...offered].sort())
})
test.skipIf(!has('fish')).each(cases)(
  'fish: scanhook %s (skipped where there is no fish)',
  (words, offered) => {
    expect([...inFish(words)].sort()).toEqual([...offered].sort())
  },
)
