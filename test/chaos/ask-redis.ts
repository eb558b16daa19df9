/** One question to a Redis, by its address with password; the answer as it came over the wire. */
import { exchange } from '@scanhook/stack/exchange'

const command = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

export async function askRedis(address: string, ...words: readonly string[]): Promise<string> {
  const url = new URL(address)
  const login = command(['AUTH', decodeURIComponent(url.password)])
  const answer = await exchange(
    { host: url.hostname, port: Number(url.port) },
    Buffer.from(`${login}${command(words)}`),
    // After `+OK` of the login comes a line, or the head of a bulk and the bulk.
    (bytes) => isWhole(bytes.toString().slice('+OK\r\n'.length)),
  )
  return answer.toString().slice('+OK\r\n'.length)
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n')
  if (end < 0) return false
  if (!text.startsWith('$')) return true
  return text.length >= end + 2 + Number(text.slice(1, end)) + 2
}
