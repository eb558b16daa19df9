/** Receivers whose TLS is broken, each in its own way, and the name server and authority by which the services know them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDnsServer } from '@scanhook/testkit/dns-server'
import { testAuthority } from '@scanhook/testkit/self-signed-certificate'
import {
  behaviours,
  openFaultyReceiver,
  openNoTls,
  type TlsVariant,
  unrecognizedName,
} from '../harness/faulty-receiver.ts'
import type { Surroundings } from './cell.ts'

export interface TlsFaults extends Surroundings {
  /** `words`: how the log tells it. */
  readonly receivers: readonly { readonly url: string; readonly words: string }[]
}

const hostname = 'hooks.example.com'
const told: readonly (readonly [TlsVariant, string])[] = [
  ['expired', 'The TLS certificate has expired.'],
  ['notYetValid', 'The TLS certificate is not valid yet.'],
  ['wrongHost', 'The TLS certificate is for another host name.'],
  ['selfSigned', 'The TLS certificate is self-signed.'],
  ['tls10', 'The receiver offers no version of TLS from 1.2 on.'],
]

export async function openTlsFaults(): Promise<TlsFaults> {
  const authority = testAuthority(Date.now())
  const folder = mkdtempSync(join(tmpdir(), 'scanhook-tls-'))
  const authorityFile = join(folder, 'authority.pem')
  writeFileSync(authorityFile, authority.certificate)
  const dns = await openDnsServer(({ name }) =>
    name === hostname ? { addresses: ['127.0.0.1'] } : 'no_such_name',
  )
  const broken = await Promise.all(
    told.map(async ([tls, words]) => ({
      ...(await openFaultyReceiver(behaviours.ok(), { hostname, authority, tls })),
      words,
    })),
  )
  const nameless = {
    ...(await openNoTls(unrecognizedName)),
    words: 'The receiver has no TLS certificate for the host name that was asked for.',
  }
  const plain = {
    ...(await openNoTls('HTTP/1.1 400 Bad Request\r\n\r\n')),
    words: 'The port does not speak TLS: it may be one for plain http.',
  }
  const all = [...broken, nameless, plain]
  return {
    env: { WEBHOOK_NAME_SERVERS: dns.address, NODE_EXTRA_CA_CERTS: authorityFile },
    targets: all.map(({ port }) => port),
    receivers: all,
    close: async () => {
      await Promise.all([dns.close(), ...all.map((one) => one.close())])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
