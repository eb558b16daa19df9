/** What can go wrong before a request is on its way, in codes. Never leaves this package except as an `AttemptOutcome`. */
export const webhookClientErrorCodes = [
  'WEBHOOK_ADDRESS_FORBIDDEN',
  'WEBHOOK_NAME_UNRESOLVED',
  'WEBHOOK_ABANDONED',
] as const
export type WebhookClientErrorCode = (typeof webhookClientErrorCodes)[number]

export class WebhookClientError extends Error {
  readonly code: WebhookClientErrorCode
  /** Whether a later try could go better; the retry policy decides whether there is one. */
  readonly retriable: boolean

  constructor(code: WebhookClientErrorCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`, { cause })
    this.name = 'WebhookClientError'
    this.code = code
    this.retriable = code !== 'WEBHOOK_ADDRESS_FORBIDDEN'
  }
}

/** The `code` of anything thrown, or the empty string. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
