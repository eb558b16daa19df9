/** The brand in `X-<prefix>-Signature`: what may stand there. Pure. */

/** The field-name characters of RFC 9110 §5.6.2 (`tchar`). 32 leave every name below 50 bytes, far from any server's limit. */
const tokenForm = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/

/**
 * Names that mean something else: `webhook-…` are the headers of Standard Webhooks, which are there in any case, and
 * `X-Scanhook-…` those that the sender itself adds.
 */
const reserved: readonly string[] = ['webhook', 'scanhook']

/** True when `X-<text>-…` can be a header of its own: 1–32 token characters, none of the reserved names in any case. */
export function isHeaderPrefix(text: string): boolean {
  return tokenForm.test(text) && !reserved.includes(text.toLowerCase())
}
