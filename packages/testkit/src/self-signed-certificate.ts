/**
 * A throw-away TLS certificate, made in the test that needs it, so that no key lies in the repository and none
 * expires there. Writes just enough DER (X.690) for an ECDSA P-256 certificate with one DNS name.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

export interface CertificateRequest {
  readonly hostname: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export interface TestCertificate {
  readonly certificate: string
  readonly privateKey: string
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length =
    content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const integer = (bytes: readonly number[]): Buffer => der(0x02, Buffer.from(bytes))
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const bitString = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes)
const octetString = (bytes: Uint8Array): Buffer => der(0x04, bytes)

/** GeneralizedTime holds every year; UTCTime would need a switch at 2050. */
function time(atMs: number): Buffer {
  const text = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d{3}/g, '')
  return der(0x18, Buffer.from(text, 'ascii'))
}

const commonName = '550403'
const subjectAltName = '551d11'
const ecdsaWithSha256 = '2a8648ce3d040302'

function name(hostname: string): Buffer {
  return sequence(der(0x31, sequence(objectId(commonName), der(0x0c, Buffer.from(hostname, 'utf8')))))
}

/** PEM texts of a certificate for `hostname`, signed by its own key. */
export function selfSignedCertificate(request: CertificateRequest): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(objectId(ecdsaWithSha256))
  const dnsName = sequence(der(0x82, Buffer.from(request.hostname, 'ascii')))
  const extensions = der(0xa3, sequence(sequence(objectId(subjectAltName), octetString(dnsName))))
  const body = sequence(
    der(0xa0, integer([2])),
    integer([1]),
    algorithm,
    name(request.hostname),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    name(request.hostname),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  )
  const bytes = sequence(body, algorithm, bitString(sign('sha256', body, privateKey)))
  const lines = bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
