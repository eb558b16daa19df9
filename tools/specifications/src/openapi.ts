/** The OpenAPI 3.1 document: routes as they are, a webhook for each event type, and words around them. Pure. */
import type { CatalogueEntry } from '@scanhook/catalogue/event-catalogue'
import { profileNames } from '@scanhook/domain/profile'
import { describeRoutes } from '@scanhook/http/describe-routes'
import type { AnyRoute } from '@scanhook/http/route'
import { dataSchemaOf, envelopes, everyEventType } from './event-schemas.ts'
import { exampleBody } from './examples.ts'

type Json = Readonly<Record<string, unknown>>

/** By the first part of the path after `/api/v1/`. */
const tags: Readonly<Record<string, readonly [name: string, description: string]>> = {
  orgs: ['Organization', 'Whom a key belongs to'],
  oauth: ['API keys', 'Made with a secret that is shown once'],
  'api-keys': ['API keys', 'Made with a secret that is shown once'],
  assets: ['Assets', 'What carries tags, the tags, and where it was'],
  locations: ['Locations', 'A tree of named places'],
  'scan-devices': ['Scan devices', 'Readers and gateways'],
  'scan-points': ['Scan points', 'Which antenna of which device watches which location'],
  reports: ['Reports', 'Where assets are'],
  'unknown-tags': ['Unknown tags', 'What readers see and nobody has registered'],
  scans: ['Intake', 'Reads and business events in'],
  validate: ['Intake', 'Reads and business events in'],
  webhooks: ['Webhooks', 'Endpoints with their subscriptions and secrets'],
  listeners: ['Webhooks', 'Endpoints with their subscriptions and secrets'],
  'event-types': ['Event types', 'What can be subscribed to'],
  events: ['Events', 'What was derived, and what was sent in'],
  'event-cursors': ['Events', 'What was derived, and what was sent in'],
  deliveries: ['Deliveries', 'What happened to every event for every webhook'],
  attempts: ['Deliveries', 'What happened to every event for every webhook'],
  usage: ['Usage', 'What was sent and what came in, by day'],
  operator: ['Operator', 'How the installation is doing, for those who look after it'],
  jobs: ['Jobs', 'What was missed, sent again in bulk'],
  'portal-links': ['Portal', 'Links into the console, and their sessions'],
  'portal-sessions': ['Portal', 'Links into the console, and their sessions'],
  'audit-log': ['Audit log', 'Who changed what'],
}

function tagOf(path: string): string {
  const [, , , first = ''] = path.split('/')
  const tag = tags[first]
  if (tag === undefined) throw new Error(`SPECIFICATIONS_NO_TAG: ${path}`)
  return tag[0]
}

export function openApiOf(routes: readonly AnyRoute[]): Json {
  const { paths, components } = describeRoutes(routes, { tagOf })
  const used = new Set(routes.map(({ path }) => tagOf(path)))
  const named = new Map(Object.values(tags).filter(([name]) => used.has(name)))
  return {
    openapi: '3.1.1',
    info: {
      title: 'Scanhook',
      version: '1.0.0',
      summary: 'Asset scans in; few, right events out, as signed webhooks',
      description:
        'Every declared field of an answer is always there, null if it has no value. Times are RFC 3339 in UTC with milliseconds. Enumerations may grow, and so may answers; unknown keys of requests are refused.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document came from' }],
    security: [{ bearer: [] }],
    tags: [...named].map(([name, description]) => ({ name, description })),
    paths,
    webhooks: Object.fromEntries(everyEventType.map(webhookOf)),
    components: {
      ...components,
      schemas: { ...components.schemas, ...Object.fromEntries(everyEventType.map(dataEntry)) },
      parameters: { ...components.parameters, ...webhookHeaders },
    },
  }
}

/** `location.entered`: `LocationEnteredData`. */
const dataName = (type: string): string =>
  `${type.replaceAll(/(?:^|[._])([a-z])/g, (_, letter: string) => letter.toUpperCase())}Data`

const dataEntry = (entry: CatalogueEntry): readonly [string, Json] => [
  dataName(entry.type),
  dataSchemaOf(entry),
]

const header = (name: string, description: string, required: boolean, example: string): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
  example,
})
const webhookHeaders: Readonly<Record<string, Json>> = {
  WebhookId: header(
    'webhook-id',
    'Id of the event: the same on every attempt',
    true,
    '5c0fbb60-9ee7-5c92-8f32-4a5d0ef8a9d1',
  ),
  WebhookTimestamp: header(
    'webhook-timestamp',
    'Epoch seconds of this attempt; it is signed',
    true,
    '1785169586',
  ),
  WebhookSignature: header(
    'webhook-signature',
    'Standard Webhooks: `v1,` and an HMAC-SHA256 in base64 for each secret in force, or `v1a,` and an Ed25519 signature; separated by blanks',
    true,
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
}

function webhookOf(entry: CatalogueEntry): readonly [string, Json] {
  const { type, description } = entry
  const data = { $ref: `#/components/schemas/${dataName(type)}` }
  return [
    type,
    {
      post: {
        operationId: `on.${type}`,
        summary: description,
        description:
          'Answer 2xx within the profile’s timeout. Anything else is tried again for about a day; 410 disables the webhook.',
        parameters: Object.keys(webhookHeaders).map((name) => ({ $ref: `#/components/parameters/${name}` })),
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                oneOf: profileNames.map((profile) => ({ title: profile, ...envelopes[profile](type, data) })),
              },
              examples: Object.fromEntries(
                profileNames.map((profile) => [
                  profile,
                  { summary: `Profile ${profile}`, value: exampleBody(profile, entry) },
                ]),
              ),
            },
          },
        },
        responses: {
          '2XX': { description: 'Delivered' },
          '410': { description: 'Gone: the webhook is disabled at once' },
          default: { description: 'Tried again later; `Retry-After` is never shortened' },
        },
      },
    },
  ]
}
