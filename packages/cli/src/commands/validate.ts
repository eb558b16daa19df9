/** `validate`: what is wrong with records before they are produced. Asks the API, or with --offline nobody. */
import { formatNames } from '@scanhook/reader-formats/format-name'
import { answerOf } from '../answer-of.ts'
import type { Command, Input } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Problem } from '../judge-record.ts'
import { readInput } from '../read-file.ts'
import { renderRows } from '../render-rows.ts'
import type { Session } from '../session.ts'

export const validateCommand: Command = {
  path: ['validate'],
  summary: 'Say what is wrong with a record before it is produced',
  details:
    'The file is the value of one record: an object, an array, or lines. The API judges it as the producer would, by the same code, and says what would come of it; with --offline its form alone is judged, here: whether tags and readers are known, nobody is asked.',
  positionals: [{ name: 'FILE', description: 'the value of the record; - is the standard input' }],
  options: [
    {
      name: 'topic',
      value: 'TOPIC',
      description: 'where it would be produced; reads or business-events, by what is in it',
    },
    {
      name: 'format',
      value: 'FORMAT',
      choices: formatNames,
      description: 'the reader format; scanhook by default',
    },
    { name: 'key', value: 'KEY', description: "the record's key" },
    { name: 'offline', description: 'ask nobody' },
  ],
  examples: [
    'scanhook validate read.json',
    'scanhook validate --topic rfid.dock-doors --format csl-cs463 message.json',
  ],
  run: async (input, session) => {
    const text = (await readInput(session, input.positionals[0] ?? '')).toString()
    // Catalogue and reader formats take a while to load, and no other command needs them.
    const { isEvents, judgeRecord } = await import('../judge-record.ts')
    if (!input.has('offline')) return askApi(session, input, { text, isEvents: isEvents(text) })
    const problems = judgeRecord(text, input.text('format'))
    showProblems(session, problems, 'nothing is wrong with its form')
    return problems.length === 0 ? exitCodes.ok : exitCodes.failed
  },
}

interface Given {
  readonly text: string
  readonly isEvents: boolean
}

async function askApi(session: Session, input: Input, { text, isEvents }: Given): Promise<number> {
  const api = await session.api()
  const { id } = (await answerOf(api.GET('/api/v1/orgs/me'))).data
  const [key, format] = [input.text('key'), input.text('format')]
  const { data } = await answerOf(
    api.POST('/api/v1/validate', {
      body: {
        topic: input.text('topic') ?? (isEvents ? 'business-events' : 'reads'),
        value: text as never,
        headers: {
          'scanhook-org': String(id),
          ...(format === undefined ? {} : { 'scanhook-format': format }),
        },
        ...(key === undefined ? {} : { key }),
      },
    }),
  )
  if (session.output === 'json') session.out(`${JSON.stringify(data, null, 2)}\n`)
  else {
    const wouldBe = data.outcomes.map((each) => each.becomes)
    const counts = [...new Set(wouldBe)].map(
      (each) => `${wouldBe.filter((other) => other === each).length} × ${each}`,
    )
    showProblems(
      session,
      data.problems,
      `nothing is wrong; it would become ${counts.join(', ') || 'nothing'}`,
    )
    for (const each of data.warnings) session.say(`${each.code}: ${each.message}\n`)
  }
  return data.ok ? exitCodes.ok : exitCodes.failed
}

function showProblems(session: Session, problems: readonly Problem[], none: string): void {
  session.out(
    renderRows(session.output, {
      rows: problems,
      none,
      id: ({ field }) => field,
      columns: [
        { title: 'field', of: ({ field }) => field },
        { title: 'problem', of: ({ message }) => message },
      ],
    }),
  )
}
