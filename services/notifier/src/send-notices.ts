/**
 * Carries notices out of the outbox: as events to Kafka, as mails to the mail server. Keeps nothing itself: what waits,
 * waits in PostgreSQL.
 *
 * Invariants
 *   O1. A notice leaves the outbox only when Kafka acknowledged it, or the mail server took or refused it for good; who
 *       dies between that and the mark sends it again, with the same event id and the same Message-ID.
 *   O2. One round at a time; what is woken meanwhile gets a round of its own.
 *   O3. A mail server that is away holds up no event, and a mail that it does not take holds up no other.
 *   O4. A mail that could not be sent for five days is given up, and said.
 */
import type { DomainEvent } from '@scanhook/domain/event'
import type { ClaimedMail, MailOutcome, StoredNotice } from '@scanhook/postgres/endpoint-notices'
import type { NoticeFacts } from './notice-facts.ts'
import { noticeEvent } from './render-event.ts'
import { renderMail } from './render-mail.ts'

type SendResult =
  | { readonly kind: 'sent'; readonly refused: readonly string[] }
  | { readonly kind: 'refused' | 'postponed'; readonly error: string }

export const noticeResults = ['sent', 'postponed', 'refused', 'no_recipient', 'given_up'] as const
export type NoticeResult = (typeof noticeResults)[number]

export interface SendPorts {
  readonly listUnpublished: (limit: number) => Promise<readonly StoredNotice[]>
  readonly markPublished: (ids: readonly number[]) => Promise<void>
  /** Resolves when Kafka acknowledged all of them. */
  readonly publish: (events: readonly DomainEvent[]) => Promise<void>
  readonly claimMail: (leaseMs: number) => Promise<ClaimedMail | null>
  readonly markMail: (mail: ClaimedMail, outcome: MailOutcome) => Promise<unknown>
  /** Null: there is no mail server, and mails wait. Never rejects. */
  readonly send:
    | ((mail: {
        readonly to: readonly string[]
        readonly subject: string
        readonly text: string
        readonly html: string
        readonly messageId: string
      }) => Promise<SendResult>)
    | null
  /** Behind the @ of Message-IDs. */
  readonly mailDomain: string
  readonly consoleUrl: string
  readonly onMail: (mail: ClaimedMail, result: NoticeResult, detail: string | null) => void
  readonly onFailure: (error: unknown) => void
  readonly nowMs: () => number
  readonly random: () => number
}

export interface NoticeSender {
  /** Begins a round, or has another one follow the one that runs. Never rejects. */
  wake(): Promise<void>
  /** No further round and no further mail; resolves when what runs has ended. */
  stop(): Promise<void>
}

/** Twice what the mailer may take for one exchange (60 s): nobody else sends it while it is being sent. */
const leaseMs = 120_000
/** RFC 5321, section 4.5.4.1: give-up time needs to be at least 4–5 days. */
const giveUpAfterMs = 5 * 24 * 3_600_000
/** A few kilobytes each. */
const publishMax = 100

export function noticeSender(ports: SendPorts): NoticeSender {
  let isStopped = false
  const events = rounds(() => publishAll(ports))
  const mails = rounds(() => mailAll(ports, () => isStopped))

  /** O2. Each kind has its own, so that mails that take long hold up no event (O3). */
  function rounds(act: () => Promise<void>): { wake(): Promise<void>; ended(): Promise<void> } {
    let isWanted = false
    let running: Promise<void> | null = null
    async function run(): Promise<void> {
      while (isWanted && !isStopped) {
        isWanted = false
        await act().catch(ports.onFailure)
      }
      running = null
    }
    return {
      wake: () => {
        isWanted = true
        running ??= run()
        return running
      },
      ended: async () => {
        await running
      },
    }
  }

  return {
    wake: async () => {
      await Promise.all([events.wake(), mails.wake()])
    },
    stop: async () => {
      isStopped = true
      await Promise.all([events.ended(), mails.ended()])
    },
  }
}

async function mailAll(ports: SendPorts, isStopped: () => boolean): Promise<void> {
  if (ports.send === null) return
  while (!isStopped()) {
    const mail = await ports.claimMail(leaseMs)
    if (mail === null) return
    await sendOne(ports, ports.send, mail)
  }
}

async function publishAll({ listUnpublished, publish, markPublished }: SendPorts): Promise<void> {
  for (;;) {
    const notices = await listUnpublished(publishMax)
    if (notices.length === 0) return
    await publish(notices.map((notice) => noticeEvent({ ...notice, facts: factsOf(notice) })))
    await markPublished(notices.map(({ id }) => id))
  }
}

async function sendOne(
  ports: SendPorts,
  send: NonNullable<SendPorts['send']>,
  mail: ClaimedMail,
): Promise<void> {
  const outcome = await outcomeOf(ports, send, mail)
  await ports.markMail(mail, outcome)
  ports.onMail(mail, outcome.kind, 'error' in outcome ? outcome.error : null)
}

async function outcomeOf(
  ports: SendPorts,
  send: NonNullable<SendPorts['send']>,
  mail: ClaimedMail,
): Promise<MailOutcome> {
  if (mail.recipients.length === 0) return { kind: 'no_recipient' }
  if (ports.nowMs() - mail.createdAtMs > giveUpAfterMs)
    return { kind: 'given_up', error: 'no mail server took it for five days' }
  const { kind, endpointId, episodeMs } = mail
  const result = await send({
    ...renderMail({ ...mail, facts: factsOf(mail) }, ports.consoleUrl),
    to: mail.recipients,
    messageId: `${kind}-${endpointId}-${episodeMs}@${ports.mailDomain}`,
  })
  if (result.kind !== 'sent') {
    const { error } = result
    return result.kind === 'refused'
      ? { kind: 'refused', error }
      : { kind: 'postponed', delayMs: delayMs(mail.tries, ports.random()), error }
  }
  if (result.refused.length > 0)
    ports.onMail(mail, 'refused', `${result.refused.length} of ${mail.recipients.length} recipients`)
  return { kind: 'sent' }
}

function factsOf({ facts }: StoredNotice): NoticeFacts {
  return facts as NoticeFacts // written by take-events and sweep-failing, and by nobody else
}

/** From 1–2 s on, doubling up to 5–10 min: soon after a restart of the server, and no burden to one that is down. */
function delayMs(tries: number, random: number): number {
  return Math.min(600_000, 2_000 * 2 ** Math.min(tries - 1, 20)) * (0.5 + random / 2)
}
