/** The verification samples that docs/reference/events.md prints, run by the languages themselves. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ReceivedEvent {
  readonly id: string
  readonly type: string
  readonly timestamp: string
}

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/events.md'), 'utf8')

function sampleOf(language: 'js' | 'python'): string {
  const sample = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]
  if (sample === undefined) throw new Error(`the page has no sample in ${language}`)
  return sample
}

const runs = {
  js: {
    command: process.execPath,
    args: ['--input-type=module', '--eval'],
    ending: `
import { readFileSync } from 'node:fs'
const { manifest, events } = JSON.parse(readFileSync(0, 'utf8'))
console.log(isComplete(manifest, events) ? 'yes' : 'no')`,
  },
  python: {
    command: 'python3',
    args: ['-c'],
    ending: `
import json, sys
given = json.load(sys.stdin)
print("yes" if is_complete(given["manifest"], given["events"]) else "no")`,
  },
}

/** Whether the sample finds that these events are all that the manifest tells of. */
export function isCompleteBySample(
  language: 'js' | 'python',
  manifest: unknown,
  events: readonly ReceivedEvent[],
): boolean {
  const { command, args, ending } = runs[language]
  const said = execFileSync(command, [...args, `${sampleOf(language)}${ending}`], {
    input: JSON.stringify({ manifest, events }),
    encoding: 'utf8',
  })
  return said.trim() === 'yes'
}
