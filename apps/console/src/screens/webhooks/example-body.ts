/** An event as a profile sends it, for whoever writes a receiver (docs/reference/profiles.md). Pure. */
export type Profile = 'standard' | 'trakrf' | 'trackberry'

const eventId = '0198c2d4-6f1e-5b3a-9c77-3d1f0a5e8b21'
const deliveryId = '0b7e4f52-91c8-5d06-8a43-7c2e9f1d6a35'
const at = '2026-11-27T09:15:00'

export function exampleBody(profile: Profile, type: string, data: unknown): string {
  return JSON.stringify(envelopeOf(profile, type, data), null, 2)
}

function envelopeOf(profile: Profile, type: string, data: unknown): Readonly<Record<string, unknown>> {
  switch (profile) {
    case 'standard':
      return { id: eventId, type, timestamp: `${at}.000Z`, data }
    case 'trakrf':
      return { event: type, event_id: eventId, delivery_id: deliveryId, occurred_at: `${at}.000Z`, data }
    case 'trackberry':
      return { event: type, timestamp: `${at}Z`, data }
  }
}

/** The headers that say whom a request is from and that it is genuine. */
export function signatureHeaders(profile: Profile, prefix: string | null): readonly string[] {
  const standard = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  switch (profile) {
    case 'standard':
      return standard
    case 'trakrf': {
      const brand = prefix ?? 'TrakRF'
      return [
        ...standard,
        ...['Event', 'Delivery', 'Timestamp', 'Signature'].map((name) => `X-${brand}-${name}`),
      ]
    }
    case 'trackberry': {
      const brand = prefix ?? 'Trackberry'
      return [...standard, `X-${brand}-Signature`, `X-${brand}-Event-Id`]
    }
  }
}
