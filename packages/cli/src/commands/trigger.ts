/** `trigger`: an example of an event type to whoever listens, or to a webhook. */
import type { ScanhookClient } from '@scanhook/client/open-client'
import { answerOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { idOf } from '../read-words.ts'
import { renderRows } from '../render-rows.ts'
import { parseAssignment, setAt } from '../set-at.ts'

type JsonObject = Readonly<Record<string, unknown>>

export const triggerCommand: Command = {
  path: ['trigger'],
  summary: 'Send an example of an event type',
  details:
    'To everybody of the organization who listens, or to one webhook: a signed test delivery with the example data of the catalogue. It is in the log, is tried again like any other, and counts in no usage.',
  positionals: [
    { name: 'EVENT_TYPE', description: 'a type of the catalogue; scanhook event-types lists them' },
  ],
  options: [
    {
      name: 'set',
      value: 'PATH=VALUE',
      isMultiple: true,
      description: 'another value in the data, such as asset.name=Fork; JSON where it is JSON, else text',
    },
    { name: 'webhook', value: 'ID', description: 'to this webhook' },
  ],
  examples: [
    'scanhook trigger asset.moved',
    'scanhook trigger asset.moved --set asset.external_key=FORK-9 --set scan.rssi_dbm=-40',
  ],
  run: async (input, session) => {
    const api = await session.api()
    const type = input.positionals[0] ?? ''
    const assignments = input.texts('set').map(parseAssignment)
    const data = assignments.reduce((given, one) => setAt(given, one), await exampleOf(api, type))
    const to = input.text('webhook')
    const webhooks = to === undefined ? await listening(api) : [idOf(to)]
    const sent = []
    for (const webhook of webhooks) {
      const answer = await answerOf(
        api.POST('/api/v1/webhooks/{webhook_id}/trigger', {
          params: { path: { webhook_id: webhook } },
          body: { event_type: type as never, ...(assignments.length === 0 ? {} : { data }) },
        }),
      )
      sent.push(answer.data)
    }
    session.out(
      renderRows(session.output, {
        rows: sent,
        none: '',
        id: (each) => each.delivery_id,
        columns: [
          { title: 'webhook', of: (each) => each.webhook_id },
          { title: 'event', of: (each) => each.event_id },
          { title: 'delivery', of: (each) => each.delivery_id },
        ],
      }),
    )
    return exitCodes.ok
  },
}

/** Throws CliError for a type that is not in the catalogue, with those that are near. */
async function exampleOf(api: ScanhookClient, type: string): Promise<JsonObject> {
  const { data: types } = await answerOf(
    api.GET('/api/v1/event-types', { params: { query: { limit: 200 } } }),
  )
  const found = types.find(({ name }) => name === type)
  if (found !== undefined) return (found.data_example ?? {}) as JsonObject
  const group = type.split('.', 1)[0]
  const near = types.map(({ name }) => name).filter((name) => name.startsWith(`${group}.`))
  throw new CliError(
    exitCodes.notFound,
    `there is no event type ${type}${near.length === 0 ? '; scanhook event-types lists them' : `; there is ${near.join(', ')}`}`,
  )
}

async function listening(api: ScanhookClient): Promise<readonly number[]> {
  const { data } = await answerOf(api.GET('/api/v1/listeners'))
  const here = data.filter((each) => each.is_connected).map((each) => each.webhook_id)
  if (here.length > 0) return here
  throw new CliError(
    exitCodes.notFound,
    'nobody listens: run scanhook listen 3000 beside this, or name one of scanhook endpoints list with --webhook',
  )
}
