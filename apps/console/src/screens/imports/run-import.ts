/**
 * Sends the lines of a file part by part, and gathers what the API says of each. Knows neither the network nor the page.
 *
 * Invariants
 *   T1. A part is sent when the one before is answered: lines take effect in their order.
 *   T2. Of every line that was answered the report knows its number in the file; what was not sent is said to be so.
 */
import type { FileLine } from './read-lines.ts'

/** What a dry run takes at once; small enough for an answer within seconds, so that the progress moves. */
export const partLinesMax = 1_000
/** The API takes 4 MiB; the rest is room for what UTF-8 adds to characters. */
const partCharsMax = 1_000_000
/** "Too often" is said with when to come again; a server that says so this many times in a row is asked later by the person. */
const waitsMax = 5

export interface Refused {
  readonly number: number
  readonly key: string | null
  /** In the API's words. */
  readonly reason: string
}

export interface Report {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: readonly Refused[]
  /** Lines that were answered, of all. */
  readonly done: number
  readonly total: number
}

export interface Part {
  readonly lines: readonly FileLine[]
  readonly text: string
}

/** `retryAfterMs`: not taken now. */
export type Sent = { readonly answer: string } | { readonly retryAfterMs: number }

interface Ports {
  readonly send: (text: string) => Promise<Sent>
  readonly wait: (ms: number) => Promise<void>
  readonly onProgress: (report: Report) => void
  readonly isStopped: () => boolean
}

export function cutParts(lines: readonly FileLine[]): readonly Part[] {
  const parts: Part[] = []
  let part: FileLine[] = []
  let chars = 0
  const end = (): void => {
    if (part.length > 0) parts.push({ lines: part, text: part.map(({ json }) => json).join('\n') })
    part = []
    chars = 0
  }
  for (const line of lines) {
    if (part.length === partLinesMax || chars + line.json.length > partCharsMax) end()
    part.push(line)
    chars += line.json.length + 1
  }
  end()
  return parts
}

export function emptyReport(total: number): Report {
  return { created: 0, updated: 0, unchanged: 0, refused: [], done: 0, total }
}

/** Throws what `send` throws; what was told by then has been given to `onProgress`. */
export async function runImport(lines: readonly FileLine[], ports: Ports): Promise<Report> {
  let report = emptyReport(lines.length)
  for (const part of cutParts(lines)) {
    if (ports.isStopped()) break
    report = addAnswer(report, part, await sendPatiently(part.text, ports))
    ports.onProgress(report)
  }
  return report
}

async function sendPatiently(text: string, { send, wait }: Ports): Promise<string> {
  for (let waits = 0; ; waits += 1) {
    const sent = await send(text)
    if ('answer' in sent) return sent.answer
    if (waits === waitsMax) throw new Error('The API asks to wait, again and again. Try the rest later.')
    await wait(sent.retryAfterMs)
  }
}

interface AnswerLine {
  readonly line: number
  readonly status: 'created' | 'updated' | 'unchanged' | 'failed'
  readonly external_key: string | null
  readonly error: {
    readonly detail: string
    readonly fields: readonly { readonly field: string; readonly message: string }[]
  } | null
}

function addAnswer(before: Report, { lines }: Part, answer: string): Report {
  const told = answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AnswerLine)
    .filter(({ status }) => status !== undefined)
  const count = (status: AnswerLine['status']): number => told.filter((line) => line.status === status).length
  const refused = told
    .filter(({ status }) => status === 'failed')
    .map(({ line, external_key: key, error }) => ({
      ...{ number: lines[line - 1]?.number ?? line, key },
      reason: reasonOf(error),
    }))
  return {
    ...{ created: before.created + count('created'), updated: before.updated + count('updated') },
    ...{ unchanged: before.unchanged + count('unchanged'), refused: [...before.refused, ...refused] },
    ...{ done: before.done + told.length, total: before.total },
  }
}

/** All fields, of which the detail names the first alone. */
function reasonOf(error: AnswerLine['error']): string {
  if (error === null) return 'no reason was given'
  if (error.fields.length < 2) return error.detail
  return error.fields.map(({ field, message }) => `${field} ${message}`).join('; ')
}

/** "12 made, 3 changed, 1 refused"; with `isDry` "would be". */
export function sayReport({ created, updated, unchanged, refused }: Report, isDry: boolean): string {
  const would = isDry ? ' would be' : ''
  const say = (count: number, what: string): string => `${count.toLocaleString('en')}${would} ${what}`
  return [
    say(created, 'made'),
    say(updated, 'changed'),
    isDry
      ? `${unchanged.toLocaleString('en')} would stay as they are`
      : `${unchanged.toLocaleString('en')} stayed as they are`,
    say(refused.length, 'refused'),
  ].join(', ')
}

/** Of a run that ended before its end, for whoever does not see its report; `why` is a sentence. */
export function sayCut(report: Report, isDry: boolean, why: string): string {
  const [done, total] = [report.done.toLocaleString('en'), report.total.toLocaleString('en')]
  return `The ${isDry ? 'dry run' : 'import'} ended after ${done} of ${total} lines: ${sayReport(report, isDry)}. ${why}`
}
