/** RFC 5321, section 4.5.3.1.3: a path has 256 octets, angle brackets included. */
export const emailAddressMax = 254

/**
 * Whether `text` is one e-mail address and nothing else: no name, no comment, no list, nothing that a mail system could
 * read as two. The form of WHATWG's `input type=email`.
 */
export function isEmailAddress(text: string): boolean {
  return (
    text.length <= emailAddressMax &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/.test(
      text,
    )
  )
}
