// npm install standardwebhooks
import { Webhook } from 'standardwebhooks'

/** The event, or an exception. `body` is the request's body as it came, not parsed. */
export function verify(headers, body, secret) {
  return new Webhook(secret).verify(body, headers)
}
