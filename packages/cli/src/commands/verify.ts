/** `verify`: whether a request that was received is ours, and if not, what was done to it. Asks nobody. */
import type { Command, Input } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { type HttpMessage, parseHeaders, parseHttpMessage } from '../parse-http-message.ts'
import { readInput } from '../read-file.ts'
import { numberOf } from '../read-words.ts'
import { renderRows } from '../render-rows.ts'
import type { Session } from '../session.ts'

export const verifyCommand: Command = {
  path: ['verify'],
  summary: 'Say whether a request is signed as it should be, and if not, why',
  details:
    'Reads the request as it came: headers, an empty line, the body (or the two from files). Looks at every signature header there is: Standard Webhooks, X-TrakRF-Signature, X-Trackberry-Signature, or a brand of your own. With --explain it says what was done to it: another secret, a body that was written again, a clock that is off, a header that is missing. The secret comes from SCANHOOK_SECRET or from a file, never from the command line.',
  positionals: [
    { name: 'FILE', isOptional: true, description: 'the request; - or nothing is the standard input' },
  ],
  options: [
    { name: 'explain', description: 'say why it does not hold' },
    {
      name: 'secret-file',
      value: 'FILE',
      description: 'one secret in each line; SCANHOOK_SECRET by default',
    },
    { name: 'headers', value: 'FILE', description: 'the headers, where FILE is the body alone' },
    { name: 'tolerance', value: 'SECONDS', description: 'how old it may be, 300 by default' },
    {
      name: 'now',
      value: 'SECONDS',
      description: 'judge as if it were this time, in seconds since 1970; its own timestamp with --now sent',
    },
  ],
  examples: [
    'SCANHOOK_SECRET=whsec_… scanhook verify --explain request.txt',
    'scanhook verify --headers headers.txt --secret-file secret.txt body.json',
  ],
  run: async (input, session) => {
    const { headers, body } = await messageOf(input, session)
    const secrets = await secretsOf(input, session)
    const toleranceS = numberOf('tolerance', input.text('tolerance'), { fallback: 300, min: 0, max: 1e9 })
    const { explainSignatures } = await import('@scanhook/signing/explain')
    const puzzle = { headers, body, toleranceS, nowS: nowOf(input, headers, session) }
    const { isVerified, findings } = explainSignatures({ ...puzzle, secrets })
    const holding = secrets.findIndex((one) => explainSignatures({ ...puzzle, secrets: [one] }).isVerified)
    const withWhich =
      secrets.length > 1 && holding >= 0 ? `, with secret ${holding + 1} of ${secrets.length}` : ''
    const isExplained = input.has('explain')
    session.out(
      renderRows(session.output, {
        rows: findings.map((each) => {
          if (each.code === 'holds') return { ...each, text: `${each.text}${withWhich}` }
          return isExplained ? each : { ...each, text: 'it does not hold; --explain says why' }
        }),
        none: '',
        id: ({ code }) => code,
        columns: [
          { title: 'header', of: ({ header }) => header },
          { title: 'verdict', of: ({ code }) => code },
          { title: 'what', of: ({ text }) => text },
        ],
      }),
    )
    return isVerified ? exitCodes.ok : exitCodes.failed
  },
}

async function messageOf(input: Input, session: Session): Promise<HttpMessage> {
  const bytes = await readInput(session, input.positionals[0] ?? '-')
  const headers = input.text('headers')
  if (headers !== undefined)
    return { headers: parseHeaders((await readInput(session, headers)).toString()), body: bytes }
  const message = parseHttpMessage(bytes)
  if (message !== null) return message
  throw new CliError(
    exitCodes.usage,
    'give headers, an empty line and the body, or the headers in a file of their own with --headers',
  )
}

async function secretsOf(input: Input, session: Session): Promise<readonly string[]> {
  const file = input.text('secret-file')
  // Blanks stay: that they are there may be what is wrong.
  const text =
    file === undefined ? (session.env['SCANHOOK_SECRET'] ?? '') : (await readInput(session, file)).toString()
  // A line may end as on Windows.
  const secrets = file === undefined ? [text] : text.split(/\r?\n/)
  const some = secrets.filter((each) => each.trim() !== '')
  if (some.length === 0)
    throw new CliError(exitCodes.usage, 'no secret: set SCANHOOK_SECRET, or name a file with --secret-file')
  return some
}

function nowOf(input: Input, headers: HttpMessage['headers'], { nowMs }: Session): number {
  const now = input.text('now')
  if (now !== 'sent')
    return numberOf('now', now, { fallback: Math.floor(nowMs() / 1_000), min: 0, max: 1e11 })
  const sent = Object.entries(headers).find(([name]) => /^(?:webhook|x-.+)-timestamp$/i.test(name))?.[1]
  return numberOf('now', sent, { fallback: Math.floor(nowMs() / 1_000), min: 0, max: 1e14 })
}
