/** The event types there are, for whoever writes a subscription or a receiver. */
import { changelogs } from '@scanhook/catalogue/changelog'
import { eventCatalogue } from '@scanhook/catalogue/event-catalogue'
import { listed } from '@scanhook/http/answers'
import { pageParams } from '@scanhook/http/query'
import { z } from 'zod'
import { arrayAnswer, listAnswer, objectAnswer } from '../answer-schemas.ts'
import type { Api } from '../server.ts'

const eventTypeAnswer = z
  .object({
    name: z.string(),
    group: z.string(),
    description: z.string(),
    data_schema: objectAnswer.describe('JSON Schema of the data'),
    data_example: z.unknown(),
    changelog: arrayAnswer(
      z
        .object({
          version: z.int().min(1),
          date: z.iso.date().describe('The day from which on bodies are like that, in UTC'),
          changes: arrayAnswer(z.string()),
        })
        .meta({ id: 'EventTypeVersion' }),
    ).describe('What changed in the data, the newest first'),
  })
  .meta({ id: 'EventType' })

export function addEventTypeRoutes(api: Api): void {
  // Rendered once: the catalogue does not change while a process lives.
  const all = eventCatalogue.map(({ type, description, dataSchema, exampleData }) => ({
    name: type,
    group: `${type.slice(0, type.indexOf('.'))}.*`,
    description,
    data_schema: z.toJSONSchema(dataSchema, { io: 'input' }),
    data_example: exampleData,
    changelog: changelogs[type]
      .map(({ version, date, changes }) => ({ version, date, changes }))
      .toReversed(),
  }))
  api.route({
    method: 'GET',
    path: '/api/v1/event-types',
    scope: 'webhooks:read',
    describes: {
      id: 'listEventTypes',
      summary: 'List the event types there are',
      answers: { 200: listAnswer(eventTypeAnswer) },
    },
    query: z.object(pageParams),
    handle: async ({ query: { limit, offset } }) =>
      listed({ limit, offset, data: all.slice(offset, offset + limit), totalCount: all.length }),
  })
}
