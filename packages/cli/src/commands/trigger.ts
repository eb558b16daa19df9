/** `trigger`: an example of an event type to whoever listens, to a webhook, or as an event that takes the whole way. */
import { randomUUID } from 'node:crypto'
import type { ScanhookClient } from '@scanhook/client/open-client'
import { answerOf, refusalOf } from '../answer-of.ts'
import type { Command } from '../command.ts'
import { CliError, exitCodes } from '../exit-codes.ts'
import { postItems } from '../post-items.ts'
import { idOf } from '../read-words.ts'
import { renderOne, renderRows } from '../render-rows.ts'
import type { Session } from '../session.ts'
import { parseAssignment, setAt } from '../set-at.ts'

type JsonObject = Readonly<Record<string, unknown>>

export const triggerCommand: Command = {
  path: ['trigger'],
  summary: 'Send an example of an event type',
  details:
    'To everybody of the organization who listens, or to one webhook: a signed test delivery with the example data of the catalogue. It asks no subscription and no filter, is in the log, is tried again like any other, and counts in no usage. With --publish it is no test but a real event: it goes in where business events come in and the whole way, through subscriptions and filters to every webhook that wants it, counts, and stays in the log; data.triggered_by says that it was made by hand. That needs a key with the scope events:write, and a type of the business (shipment.*, document.*, check.completed): asset.* and location.* are derived from reads, which scanhook simulate and replay send.',
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
    {
      name: 'publish',
      description: 'as a real event, to all who subscribe: the whole way instead of a test',
    },
  ],
  examples: [
    'scanhook trigger asset.moved',
    'scanhook trigger asset.moved --set asset.external_key=FORK-9 --set scan.rssi_dbm=-40',
    'scanhook trigger shipment.approved --publish --set shipment.id=ship_7',
  ],
  run: async (input, session) => {
    const api = await session.api()
    const type = input.positionals[0] ?? ''
    const assignments = input.texts('set').map(parseAssignment)
    const to = input.text('webhook')
    if (input.has('publish') && to !== undefined)
      throw new CliError(
        exitCodes.usage,
        '--publish is to all who subscribe, and --webhook to one: only one of them can be',
      )
    const data = assignments.reduce((given, one) => setAt(given, one), await exampleOf(api, type))
    if (input.has('publish')) return publish(session, api, { type, data })
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

interface Published {
  readonly type: string
  readonly data: JsonObject
}

/** One business event at the front door. An id of its own: published twice, it is two. */
async function publish(session: Session, api: ScanhookClient, { type, data }: Published): Promise<number> {
  if (!/^(shipment|document|check)\./.test(type))
    throw new CliError(
      exitCodes.usage,
      `${type} can not be published: it is derived from reads; scanhook simulate sends some, and without --publish a test delivery of it`,
    )
  const id = `by-hand-${randomUUID()}`
  const item = { id, type, data: { ...data, triggered_by: 'scanhook trigger --publish' } }
  const { status, submission, detail } = await postItems(api, '/api/v1/events', { items: [item] })
  if (submission === null) throw refusalOf(status, { error: { detail } })
  const [refused] = submission.rejected
  if (refused !== undefined) throw refusalOf(400, { error: refused })
  session.out(
    renderOne(
      session.output,
      { id, event_type: type, data: item.data },
      {
        id: (each) => each.id,
        columns: [
          { title: 'published', of: (each) => each.event_type },
          { title: 'id', of: (each) => each.id },
        ],
      },
    ),
  )
  if (session.output === 'table')
    session.say(`scanhook deliveries tail --since 1m --type ${type} shows to whom it goes\n`)
  return exitCodes.ok
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
