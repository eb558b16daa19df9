/**
 * `POST /api/v1/webhooks/check-url`: what saving a URL would say of it, before anybody saves it. It asks name servers and dials
 * nothing: whether something answers there is known when the dispatcher, the only one that reaches the internet, has sent there.
 */
import { single } from '@scanhook/http/answers'
import { fieldError, unavailable } from '@scanhook/http/api-error'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import type { Api } from '../server.ts'
import { urlField } from '../webhooks/webhook-input.ts'

export interface CheckUrlPorts {
  /** The address policy's judgement at save time (packages/webhook-client/check-target). */
  readonly checkTarget: (
    url: string,
  ) => Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string }>
}

/** A look-up lasts 4 s at most (packages/webhook-client/resolve-host): name servers that hang hold so many, and no more. */
const lookUpsMax = 20

const urlCheckAnswer = z
  .object({ url: z.string().describe('As it would be stored') })
  .meta({ id: 'UrlCheck' })

/** In its canonical spelling. Throws `validation_error` about `url` where a webhook may not have it. */
export async function checkedUrl({ checkTarget }: CheckUrlPorts, url: string): Promise<string> {
  const checked = await checkTarget(url)
  if (!checked.ok) throw fieldError({ field: 'url', code: 'invalid_value', message: checked.message })
  return checked.url
}

export function addCheckUrlRoute(api: Api, ports: CheckUrlPorts): void {
  let lookUps = 0
  api.route({
    method: 'POST',
    path: '/api/v1/webhooks/check-url',
    scope: 'webhooks:write',
    describes: {
      id: 'checkUrl',
      summary: 'Whether a webhook may have this URL',
      details:
        'Refused as saving it would be: HTTPS, a name that resolves, addresses that are all public. Nothing is sent there; `POST /webhooks/{webhook_id}/test` does that.',
      answers: { 200: singleAnswer(urlCheckAnswer) },
    },
    body: z.object({ url: urlField }),
    handle: async ({ body }) => {
      if (lookUps >= lookUpsMax) throw unavailable('too many URLs are being checked; try again', 1)
      lookUps += 1
      try {
        return single({ url: await checkedUrl(ports, body.url) } satisfies z.output<typeof urlCheckAnswer>)
      } finally {
        lookUps -= 1
      }
    },
  })
}
