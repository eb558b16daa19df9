/** `event-types`: the catalogue. */
import { answerOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderRows } from '../render-rows.ts'

export const eventTypesCommand: Command = {
  path: ['event-types'],
  summary: 'List the event types there are',
  details: 'With json their schemas and examples, too.',
  positionals: [],
  options: [],
  examples: ['scanhook event-types'],
  run: async (_, session) => {
    const api = await session.api()
    const { data } = await answerOf(api.GET('/api/v1/event-types', { params: { query: { limit: 200 } } }))
    session.out(
      renderRows(session.output, {
        rows: data,
        none: '',
        id: (each) => each.name,
        columns: [
          { title: 'event type', of: (each) => each.name },
          { title: 'fires when', of: (each) => each.description },
        ],
      }),
    )
    return exitCodes.ok
  },
}
