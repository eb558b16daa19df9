/**
 * `POST /api/v1/webhooks/check-url`: what saving a URL would say of it, before anybody saves it. It asks name servers and dials
 * nothing: whether something answers there is known when the dispatcher, the only one that reaches the internet, has sent there.
 */
import { single } from '@scanhook/http/answers'
import { fieldError } from '@scanhook/http/api-error'
import { z } from 'zod'
import { singleAnswer } from '../answer-schemas.ts'
import { type FollowersMax, limitFollowers } from '../feed/routes.ts'
import type { Api } from '../server.ts'
import { urlField } from '../webhooks/webhook-input.ts'

export interface CheckUrlPorts {
  /** The address policy's judgement at save time (packages/webhook-client/check-target). */
  readonly checkTarget: (
    url: string,
  ) => Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string }>
}

/**
 * A look-up lasts 4 s at most (packages/webhook-client/resolve-host): name servers that hang hold `ofAll` in a process, and no
 * more. One organization holds a quarter of them, so that its own name servers keep nobody else waiting; five people who type
 * at once are more than a form has.
 */
export const lookUpsMax: FollowersMax = { ofOne: 5, ofAll: 20 }

const urlCheckAnswer = z
  .object({ url: z.string().describe('As it would be stored') })
  .meta({ id: 'UrlCheck' })

/** In its canonical spelling. Throws `validation_error` about `url` where a webhook may not have it. */
export async function checkedUrl({ checkTarget }: CheckUrlPorts, url: string): Promise<string> {
  const checked = await checkTarget(url)
  if (!checked.ok) throw fieldError({ field: 'url', code: 'invalid_value', message: checked.message })
  return checked.url
}

/** `checkedUrl` for an organization; throws `rate_limited` beyond `lookUpsMax`. */
export function limitedUrlCheck(ports: CheckUrlPorts): (orgId: number, url: string) => Promise<string> {
  const begin = limitFollowers(lookUpsMax, 'check URLs')
  return async (orgId, url) => {
    const end = begin(orgId)
    try {
      return await checkedUrl(ports, url)
    } finally {
      end()
    }
  }
}

export function addCheckUrlRoute(api: Api, ports: CheckUrlPorts): void {
  const check = limitedUrlCheck(ports)
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
    handle: async ({ caller: { orgId }, body: { url } }) =>
      single({ url: await check(orgId, url) } satisfies z.output<typeof urlCheckAnswer>),
  })
}
