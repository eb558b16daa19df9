/**
 * The mails: what happened, what happens next, what to do. Text and HTML are rendered from one outline, so both say the
 * same. Pure.
 *
 * Invariants
 *   R1. Nothing of an endpoint, an event or a reason is read as HTML.
 *   R2. The subject is one short line, whatever the webhook is called.
 */
import { formatInstantToSecond } from '@scanhook/domain/instant'
import { oneLine } from './notice-facts.ts'
import type { Notice } from './render-event.ts'

export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface Section {
  readonly heading: string
  /** Sentences; each is a paragraph. */
  readonly says?: readonly string[]
  readonly facts?: readonly (readonly [name: string, value: string])[]
  readonly steps?: readonly { readonly what: string; readonly call?: string }[]
}

interface Outline {
  readonly subject: string
  readonly title: string
  readonly sections: readonly Section[]
}

/** `consoleUrl`: empty when there is none. */
export function renderMail(notice: Notice, consoleUrl: string): RenderedMail {
  const { subject, title, sections } = outlineOf(notice)
  const link = consoleUrl === '' ? null : `${consoleUrl.replace(/\/$/, '')}/webhooks/${notice.endpointId}`
  const text = [
    title,
    ...sections.map(sectionText),
    ...(link === null ? [] : [`In the console: ${link}`]),
    footer,
  ].join('\n\n')
  const html = [
    '<!doctype html>',
    '<html lang="en"><body style="font-family: sans-serif; max-width: 40em">',
    `<h1 style="font-size: 1.2em">${escaped(title)}</h1>`,
    ...sections.map(sectionHtml),
    ...(link === null ? [] : [`<p><a href="${escaped(link)}">Open it in the console</a></p>`]),
    `<p style="color: #555; font-size: 0.9em">${escaped(footer)}</p>`,
    '</body></html>',
  ].join('\n')
  return { subject, text: `${text}\n`, html: `${html}\n` }
}

const footer =
  'You get this mail because your address is a contact of your organization (contact_emails in PATCH /api/v1/orgs/me).'

function outlineOf(notice: Notice): Outline {
  switch (notice.kind) {
    case 'failing':
      return failing(notice)
    case 'recovered':
      return recovered(notice)
    case 'disabled':
      return disabled(notice)
  }
}

function failing({ facts }: Notice): Outline {
  const { id } = facts.webhook
  const until =
    facts.retriesUntilMs === null
      ? 'Deliveries are tried again, each for as long as its profile says.'
      : `This delivery is tried again until ${timeText(facts.retriesUntilMs)}, others for as long after their first attempt.`
  return {
    subject: `Webhook failing: ${labelOf(facts.webhook)}`,
    title: `Your webhook ${nameOf(facts.webhook)} is failing`,
    sections: [
      happened(facts, [`${sentence(facts.reason)} There was no success since.`]),
      {
        heading: 'What happens next',
        says: [
          until,
          facts.disablesAtMs === null
            ? 'Without a success it is disabled after some days.'
            : `If nothing succeeds until ${timeText(facts.disablesAtMs)}, the webhook is disabled and gets nothing any more.`,
          'You hear from us once more: when it recovers, or when it is disabled.',
        ],
      },
      {
        heading: 'What to do',
        steps: [
          { what: 'See that the URL can be reached and answers with a status from 200 to 299.' },
          ...lookUp(facts.deliveryId),
          { what: 'Send a test event:', call: `POST /api/v1/webhooks/${id}/test` },
          recover(
            'If deliveries were given up meanwhile, have them sent again:',
            id,
            facts.sinceMs ?? facts.atMs,
          ),
        ],
      },
    ],
  }
}

function recovered({ facts }: Notice): Outline {
  const { id } = facts.webhook
  return {
    subject: `Webhook recovered: ${labelOf(facts.webhook)}`,
    title: `Your webhook ${nameOf(facts.webhook)} works again`,
    sections: [
      happened(facts, [`A delivery succeeded: ${facts.reason}.`]),
      {
        heading: 'What happens next',
        says: ['Deliveries that wait are sent now, fresh events with them.'],
      },
      {
        heading: 'What to do',
        says: ['Nothing, unless deliveries were given up meanwhile.'],
        steps: [recover('Have those sent again:', id, facts.sinceMs ?? facts.atMs)],
      },
    ],
  }
}

function disabled({ facts }: Notice): Outline {
  const { id } = facts.webhook
  const why =
    facts.disabledReason === 'gone'
      ? `${sentence(facts.reason)} That means: never send here again.`
      : sentence(facts.reason)
  return {
    subject: `Webhook disabled: ${labelOf(facts.webhook)}`,
    title: `Your webhook ${nameOf(facts.webhook)} was disabled`,
    sections: [
      happened(facts, [why]),
      {
        heading: 'What happens next',
        says: ['Nothing is sent to it until you enable it. Events go on being recorded.'],
      },
      {
        heading: 'What to do',
        steps: [
          { what: 'See that the URL is right, can be reached, and answers with a status from 200 to 299.' },
          ...lookUp(facts.deliveryId),
          { what: 'Enable it:', call: `PATCH /api/v1/webhooks/${id} {"enabled": true}` },
          recover('Have what it missed sent to it:', id, facts.sinceMs ?? facts.atMs),
        ],
      },
    ],
  }
}

function happened(facts: Notice['facts'], says: readonly string[]): Section {
  const { webhook, sinceMs, atMs, deliveryId, event } = facts
  return {
    heading: 'What happened',
    says,
    facts: [
      ['URL', webhook.url],
      ...(sinceMs === null ? [] : [['No success since', timeText(sinceMs)] as const]),
      ['Noticed', timeText(atMs)],
      ...(deliveryId === null ? [] : [['Delivery', deliveryId] as const]),
      ...(event === null ? [] : [['Event', `${event.type}, ${event.id}`] as const]),
    ],
  }
}

function lookUp(deliveryId: string | null) {
  if (deliveryId === null) return []
  return [{ what: 'Look at what your server answered:', call: `GET /api/v1/deliveries/${deliveryId}` }]
}

function recover(what: string, id: number, sinceMs: number) {
  return { what, call: `POST /api/v1/webhooks/${id}/recover {"since": "${formatInstantToSecond(sinceMs)}"}` }
}

/** Names and hosts can be 255 characters long; a list of mails shows some sixty. */
const labelMax = 50

/** R2. */
function labelOf({ name, url }: Notice['facts']['webhook']): string {
  const label = oneLine(name ?? hostOf(url))
  return label.length <= labelMax ? label : `${label.slice(0, labelMax - 1).toWellFormed()}…`
}

function nameOf({ name, url }: Notice['facts']['webhook']): string {
  return name === null ? `at ${hostOf(url)}` : `"${name}"`
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function sentence(words: string): string {
  const first = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
  return /[.!?]$/.test(first) ? first : `${first}.`
}

function timeText(atMs: number): string {
  return formatInstantToSecond(atMs).replace('T', ' ').replace('Z', ' UTC')
}

function sectionText({ heading, says = [], facts = [], steps = [] }: Section): string {
  return [
    heading.toUpperCase(),
    ...says,
    ...facts.map(([name, value]) => `  ${name}: ${value}`),
    ...steps.flatMap(({ what, call }, index) => [
      `  ${index + 1}. ${what}`,
      ...(call === undefined ? [] : [`     ${call}`]),
    ]),
  ].join('\n')
}

function sectionHtml({ heading, says = [], facts = [], steps = [] }: Section): string {
  const rows = facts.map(([name, value]) => `<li>${escaped(name)}: <code>${escaped(value)}</code></li>`)
  const items = steps.map(({ what, call }) =>
    call === undefined
      ? `<li>${escaped(what)}</li>`
      : `<li>${escaped(what)}<br><code>${escaped(call)}</code></li>`,
  )
  return [
    `<h2 style="font-size: 1em">${escaped(heading)}</h2>`,
    ...says.map((each) => `<p>${escaped(each)}</p>`),
    ...(rows.length === 0 ? [] : [`<ul>${rows.join('')}</ul>`]),
    ...(items.length === 0 ? [] : [`<ol>${items.join('')}</ol>`]),
  ].join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** R1. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
