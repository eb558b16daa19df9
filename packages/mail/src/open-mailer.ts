/**
 * One mail to a server, by SMTP. The only file that imports nodemailer. Knows no reason for a mail, tries once, and says
 * what came of it: who tries again, and when, is somebody else's.
 *
 * Invariants
 *   M1. No text becomes a header of its own, or another recipient: line ends and control characters are taken out of
 *       what stands in headers, and an address that is more than one is refused.
 *   M2. What the server refused for good is told from what may be taken later; trouble with the connection or the
 *       account is not the mail's fault.
 *   M3. A server that stops answering costs no longer than the deadline.
 */
import { isEmailAddress } from '@scanhook/domain/email-address'
import { createTransport } from 'nodemailer'

export interface Mail {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Without angle brackets. The same mail keeps it over repetitions, so that mail systems can drop the second. */
  readonly messageId: string
}

export type MailResult =
  /** `refused`: recipients that the server did not take; at least one was taken. */
  | { readonly kind: 'sent'; readonly refused: readonly string[] }
  | { readonly kind: 'refused' | 'postponed'; readonly error: string }

export interface Mailer {
  /** Never rejects. */
  send(mail: Mail): Promise<MailResult>
}

export interface MailerOptions {
  /** `smtp://user:password@host:port`; `smtps://` for TLS from the first byte. STARTTLS is used where it is offered. */
  readonly url: string
  readonly from: string
  /** Calls `act` after `delayMs`; gives the way to cancel it. */
  readonly after: (delayMs: number, act: () => void) => () => void
  /** Over the whole exchange. Default 60 s: RFC 5321 allows a server minutes, and a person waits for the mail, not for us. */
  readonly deadlineMs?: number | undefined
}

const defaultDeadlineMs = 60_000
/** Of each step: a server on the way to us answers in a second or is in trouble. */
const stepTimeoutMs = 20_000
/** Beyond this a subject is cut off by whoever shows it. */
const subjectMax = 150

export function openMailer({ url, from, after, deadlineMs = defaultDeadlineMs }: MailerOptions): Mailer {
  const transport = createTransport(
    {
      url,
      connectionTimeout: stepTimeoutMs,
      greetingTimeout: stepTimeoutMs,
      socketTimeout: stepTimeoutMs,
      // Texts are texts: nothing in a mail is read from a file or fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  )
  return {
    send: async ({ to, subject, text, html, messageId }) => {
      const wrong = to.find((address) => !isEmailAddress(address))
      if (wrong !== undefined || to.length === 0)
        return { kind: 'refused', error: 'a recipient is not one e-mail address' }
      const sending = transport
        .sendMail({
          to: to.map((address) => ({ name: '', address })),
          subject: headerText(subject),
          text,
          html,
          messageId: `<${headerText(messageId)}>`,
          headers: {
            // RFC 3834: nobody is to answer that they are on holiday.
            'Auto-Submitted': 'auto-generated',
          },
        })
        .then(
          ({ rejected }): MailResult => ({ kind: 'sent', refused: rejected.map(textOf) }),
          (error: unknown) => judge(error),
        )
      let cancel = (): void => undefined
      const tooLate = new Promise<MailResult>((resolve) => {
        cancel = after(deadlineMs, () =>
          resolve({ kind: 'postponed', error: 'the mail server did not answer in time' }),
        )
      })
      return Promise.race([sending, tooLate]).finally(() => cancel())
    },
  }
}

/** M1. One line of visible text, not too long. */
export function headerText(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
  return line.length <= subjectMax ? line : `${line.slice(0, subjectMax - 1).toWellFormed()}…`
}

/** The steps in which a server speaks of this mail and its recipients, not of itself, our account or our name. */
const aboutTheMail: ReadonlySet<unknown> = new Set(['RCPT TO', 'DATA'])

interface SmtpFailure {
  readonly command?: unknown
  readonly responseCode?: unknown
  /** Of each recipient, when none was taken. */
  readonly rejectedErrors?: readonly SmtpFailure[]
}

function judge(thrown: unknown): MailResult {
  const error = thrown instanceof Error ? thrown : new Error('not an Error was thrown')
  const failure = error as SmtpFailure // what nodemailer adds to its errors
  const isForGood =
    aboutTheMail.has(failure.command) && (failure.rejectedErrors ?? [failure]).every(isRefusal)
  return { kind: isForGood ? 'refused' : 'postponed', error: headerText(error.message) }
}

/** 5xx: the same again gets the same answer (RFC 5321, section 4.2.1). */
function isRefusal({ responseCode }: SmtpFailure): boolean {
  return typeof responseCode === 'number' && responseCode >= 500 && responseCode <= 599
}

function textOf(address: string | { readonly address: string }): string {
  return typeof address === 'string' ? address : address.address
}
