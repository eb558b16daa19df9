/**
 * A name server that a test writes the answers for: UDP on loopback, one script for all questions. Speaks just enough
 * of RFC 1035 for A, AAAA and CNAME records without name compression; notes every question, so that a test can say what
 * was asked, how often, and that nothing was.
 */
import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'

export interface DnsQuestion {
  /** As asked, lower case. */
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'other'
  /** Counts from 1 among the questions for this name and type. */
  readonly nth: number
}

/** Addresses go into A or AAAA records by their form; those that were not asked for are left out. */
export type DnsAnswer =
  | {
      readonly addresses: readonly string[]
      /** Names in between: each is an alias of the next, the last one has the addresses. */
      readonly aliases?: readonly string[]
      /** 0 unless given: not to be remembered. */
      readonly ttlS?: number
    }
  | 'no_such_name'
  | 'server_failure'
  | 'silence'

export interface DnsServer {
  /** `127.0.0.1:port`, as `Resolver.setServers` takes it. */
  readonly address: string
  readonly questions: readonly DnsQuestion[]
  /** Replaces the script. */
  readonly answerWith: (script: (question: DnsQuestion) => DnsAnswer) => void
  readonly close: () => Promise<void>
}

const typeNumbers = { A: 1, AAAA: 28, CNAME: 5 } as const

function encodeName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}

function encodeAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
  const [before, after] = [words(head), words(tail)]
  const middle = address.includes('::')
    ? Array.from({ length: 8 - before.length - after.length }, () => 0)
    : []
  const bytes = Buffer.alloc(16)
  for (const [index, word] of [...before, ...middle, ...after].entries()) bytes.writeUInt16BE(word, index * 2)
  return bytes
}

function encodeRecord(name: string, type: number, ttlS: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(ttlS, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(name), fixed, data])
}

function recordsOf(question: DnsQuestion, answer: DnsAnswer): readonly Buffer[] {
  if (typeof answer === 'string' || question.type === 'other') return []
  const { addresses, aliases = [], ttlS = 0 } = answer
  const chain = [question.name, ...aliases]
  const links = aliases.map((alias, index) =>
    encodeRecord(chain[index] ?? '', typeNumbers.CNAME, ttlS, encodeName(alias)),
  )
  const wanted = addresses.filter((address) => isIPv4(address) === (question.type === 'A'))
  const type = typeNumbers[question.type]
  return [
    ...links,
    ...wanted.map((address) => encodeRecord(chain.at(-1) ?? '', type, ttlS, encodeAddress(address))),
  ]
}

const headerBytes = 12
const responseCodes = { no_such_name: 3, server_failure: 2 } as const

function parseQuestion(query: Buffer): {
  readonly name: string
  readonly type: number
  readonly end: number
} {
  const labels: string[] = []
  let at = headerBytes
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function encodeResponse(query: Buffer, end: number, question: DnsQuestion, answer: DnsAnswer): Buffer {
  const records = recordsOf(question, answer)
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  // A response, recursion desired and available.
  const code = typeof answer === 'string' && answer !== 'silence' ? responseCodes[answer] : 0
  header.writeUInt16BE(0x8180 | code, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, query.subarray(headerBytes, end), ...records])
}

/** Listens on a free port until closed. */
export async function openDnsServer(first: (question: DnsQuestion) => DnsAnswer): Promise<DnsServer> {
  let script = first
  const questions: DnsQuestion[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type: number, end } = parseQuestion(query)
    const type = number === typeNumbers.A ? 'A' : number === typeNumbers.AAAA ? 'AAAA' : 'other'
    const nth = 1 + questions.filter((each) => each.name === name && each.type === type).length
    const question = { name, type, nth } as const
    questions.push(question)
    const answer = script(question)
    if (answer === 'silence') return
    socket.send(encodeResponse(query, end, question, answer), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    answerWith: (next) => {
      script = next
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
