import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { splitCode, splitRunbook } from './split-runbook.ts'

test('headings, prose and commands', () => {
  expect(
    splitRunbook('# Title\n\nText `a`.\n\n## Look\n\n```sh\nrun # 1\n\nagain\n```\n\n1. one\n2. two\n'),
  ).toEqual({
    title: 'Title',
    parts: [
      { kind: 'prose', text: 'Text `a`.' },
      { kind: 'heading', text: 'Look' },
      { kind: 'code', language: 'sh', text: 'run # 1\n\nagain' },
      { kind: 'prose', text: '1. one\n2. two' },
    ],
  })
  expect(splitCode('Text `a`.')).toEqual(['Text ', 'a', '.'])
})

test('every runbook has a title and its fences in pairs', () => {
  const folder = join(import.meta.dirname, '../../../../../docs/runbooks')
  for (const file of readdirSync(folder)) {
    const { title, parts } = splitRunbook(readFileSync(join(folder, file), 'utf8'))
    expect(title, file).not.toBe('')
    expect(
      parts.filter((part) => part.kind === 'prose' && part.text.includes('```')),
      file,
    ).toEqual([])
  }
})
