/** A mail server that a test can order to refuse, hang, die and come back: smtp-server-main.ts as a child process. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  /** As it came. */
  readonly raw: string
  /** By lower-case name, unfolded. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly html: string
}

export interface SmtpProcess {
  readonly url: string
  readonly mails: () => readonly ReceivedMail[]
  /** How it answers from now on; see smtp-server-main.ts. */
  readonly answer: (mode: 'accept' | 'defer' | 'refuse' | 'hang' | 'deaf') => Promise<void>
  /** Again on the same port. */
  readonly start: () => Promise<void>
  readonly kill: () => Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => {
    server.close(closed)
  })
  return port
}

/** Started, and accepting. */
export async function smtpProcess(): Promise<SmtpProcess> {
  const port = await freePort()
  const mails: ReceivedMail[] = []
  let child: ChildProcess | null = null

  async function ask(message: 'listening' | 'told'): Promise<void> {
    for (;;) {
      const [said]: readonly unknown[] = await once(child as ChildProcess, 'message')
      if (said === message) return
    }
  }
  const start = async (): Promise<void> => {
    child = fork(resolve(import.meta.dirname, 'smtp-server-main.ts'), [String(port)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (said: unknown) => {
      if (typeof said === 'object' && said !== null) mails.push(parsed(said as Sent))
    })
    await ask('listening')
  }
  await start()
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: () => mails,
    answer: async (mode) => {
      child?.send(mode)
      await ask('told')
    },
    start,
    kill: async () => {
      const dying = child
      child = null
      if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return
      const exited = once(dying, 'exit')
      dying.kill('SIGKILL')
      await exited
    },
  }
}

type Sent = Pick<ReceivedMail, 'from' | 'to' | 'raw'>

function parsed(sent: Sent): ReceivedMail {
  const { headers, body } = entityOf(sent.raw)
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1]
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1).map(entityOf)
  const part = (type: string): string => {
    const found = parts.find((each) => each.headers['content-type']?.startsWith(type) === true)
    return found === undefined ? '' : decoded(found.headers['content-transfer-encoding'] ?? '', found.body)
  }
  return { ...sent, headers, text: part('text/plain'), html: part('text/html') }
}

function entityOf(raw: string): { readonly headers: Record<string, string>; readonly body: string } {
  const text = raw.replace(/^\r\n/, '')
  const end = text.indexOf('\r\n\r\n')
  const headers = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
  return { headers: Object.fromEntries(headers), body: text.slice(end + 4) }
}

function decoded(encoding: string, body: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return body
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
