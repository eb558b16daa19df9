/**
 * A real SMTP server as a process of its own, on loopback. Told by its parent how to answer, tells it of every mail that
 * it took. Argument: the port.
 */
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

/** `defer` and `refuse`: at the recipient, with 4xx and 5xx. `hang`: never answers it. `deaf`: takes it and dies before saying so. */
type SmtpMode = 'accept' | 'defer' | 'refuse' | 'hang' | 'deaf'

let mode: SmtpMode = 'accept'
const port = Number(process.argv[2])

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}

async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const { mailFrom, rcptTo } = session.envelope
  await new Promise((sent) => {
    process.send?.(
      {
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        raw: Buffer.concat(chunks).toString('utf8'),
      },
      undefined,
      {},
      sent,
    )
  })
}

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  authOptional: true,
  logger: false,
  onRcptTo: (address, _session, answer) => {
    if (mode === 'hang') return
    if (mode === 'defer') answer(refusal(451, 'come again later'))
    else if (mode === 'refuse' || address.address.startsWith('nobody@'))
      answer(refusal(550, 'no such user here'))
    else answer()
  },
  onData: (stream, session, answer) => {
    void take(stream, session).then(() => {
      if (mode === 'deaf') process.exit(1)
      answer()
    })
  },
})
server.on('error', () => undefined) // a client that went away
process.on('message', (told: SmtpMode) => {
  mode = told
  process.send?.('told')
})
process.on('disconnect', () => process.exit(0))
server.listen(port, '127.0.0.1', () => process.send?.('listening'))
