import { type ReceivedMail, type SmtpProcess, smtpProcess } from '@scanhook/testkit/smtp-process'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { headerText, type Mail, type Mailer, openMailer } from './open-mailer.ts'

let smtp: SmtpProcess
let mailer: Mailer

function after(delayMs: number, act: () => void): () => void {
  const timer = setTimeout(act, delayMs)
  return () => clearTimeout(timer)
}

beforeAll(async () => {
  smtp = await smtpProcess()
  mailer = openMailer({ url: smtp.url, from: 'Scanhook <hooks@example.test>', after })
}, 20_000)
afterEach(() => smtp.answer('accept'))
afterAll(() => smtp?.kill())

/** All that came until now: the server tells of a mail beside its answer to the sender, and of both before what it is asked next. */
async function arrived(): Promise<readonly ReceivedMail[]> {
  await smtp.answer('accept')
  return smtp.mails()
}

const mail: Mail = {
  to: ['ops@example.test', 'it@example.test'],
  subject: 'Webhook failing',
  text: 'It fails.\nSince noon – look.',
  html: '<p>It fails</p>',
  messageId: 'notice-7@example.test',
}

test('a mail arrives with both bodies, its own Message-ID and its sender', async () => {
  expect(await mailer.send(mail)).toEqual({ kind: 'sent', refused: [] })
  const got = (await arrived()).at(-1)
  expect(got).toMatchObject({
    from: 'hooks@example.test',
    to: mail.to,
    html: expect.stringContaining(mail.html),
  })
  expect(got?.text.replaceAll('\r\n', '\n').trim()).toBe(mail.text)
  expect(got?.headers).toMatchObject({
    'message-id': '<notice-7@example.test>',
    subject: 'Webhook failing',
    from: 'Scanhook <hooks@example.test>',
    to: 'ops@example.test, it@example.test',
    'auto-submitted': 'auto-generated',
  })
})

test('M1: line ends in a subject or an id become no header', async () => {
  const before = smtp.mails().length
  await mailer.send({
    ...mail,
    subject: 'Failing\r\nBcc: evil@example.test\n\nBody',
    messageId: 'a@b>\r\nX-Evil: 1',
  })
  const got = (await arrived())[before]
  expect(got?.to).toEqual(mail.to)
  expect(got?.headers).not.toHaveProperty('bcc')
  expect(got?.headers).not.toHaveProperty('x-evil')
  expect(got?.headers['subject']).toBe('Failing Bcc: evil@example.test Body')
})

test('M1: what is more than one address is refused before anything is sent', async () => {
  const before = smtp.mails().length
  for (const to of [
    'a@b.test, evil@example.test',
    'a@b.test\r\nBcc: evil@example.test',
    'Evil <a@b.test>',
    '"a b"@c.test',
    'a@b.test;c@d.test',
    'no-address',
    '',
  ])
    expect(await mailer.send({ ...mail, to: ['ops@example.test', to] })).toMatchObject({ kind: 'refused' })
  expect(await mailer.send({ ...mail, to: [] })).toMatchObject({ kind: 'refused' })
  expect(await arrived()).toHaveLength(before)
})

test('M1: whatever the text, a header is one line of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const line = headerText(text)
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      expect(line.length).toBeLessThanOrEqual(150)
      expect(line.isWellFormed() || !text.isWellFormed()).toBe(true)
    }),
  )
})

test('M2: later is told from never', async () => {
  await smtp.answer('defer')
  expect(await mailer.send(mail)).toMatchObject({
    kind: 'postponed',
    error: expect.stringContaining('come again later'),
  })
  await smtp.answer('refuse')
  expect(await mailer.send(mail)).toMatchObject({
    kind: 'refused',
    error: expect.stringContaining('no such user'),
  })
})

test('M2: a recipient who does not exist does not keep the others from it', async () => {
  const before = smtp.mails().length
  expect(await mailer.send({ ...mail, to: ['nobody@example.test', 'ops@example.test'] })).toEqual({
    kind: 'sent',
    refused: ['nobody@example.test'],
  })
  expect((await arrived())[before]?.to).toEqual(['ops@example.test'])
})

test('M2: a server that is gone, and comes back', async () => {
  await smtp.kill()
  expect(await mailer.send(mail)).toMatchObject({ kind: 'postponed' })
  await smtp.start()
  expect(await mailer.send(mail)).toMatchObject({ kind: 'sent' })
})

test('M3: a server that stops answering costs the deadline, no more', async () => {
  await smtp.answer('hang')
  const due: (() => void)[] = []
  const impatient = openMailer({
    url: smtp.url,
    from: 'hooks@example.test',
    deadlineMs: 1,
    after: (_, act) => {
      due.push(act)
      return () => undefined
    },
  })
  const sending = impatient.send(mail)
  for (const act of due) act()
  expect(await sending).toEqual({ kind: 'postponed', error: 'the mail server did not answer in time' })
})
