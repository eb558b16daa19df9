/**
 * A throw-away TLS certificate, made in the test that needs it, so that no key lies in the repository and none
 * expires there. Writes just enough DER (X.690) for an ECDSA P-256 certificate with one DNS name.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

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
const basicConstraints = '551d13'
const ecdsaWithSha256 = '2a8648ce3d040302'
/** X.520 leaves the serial to the issuer; two certificates of one issuer must differ in it. */
let lastSerial = 0

function name(hostname: string): Buffer {
  return sequence(der(0x31, sequence(objectId(commonName), der(0x0c, Buffer.from(hostname, 'utf8')))))
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

interface Signer {
  readonly name: string
  readonly privateKey: KeyObject
}

function makeCertificate(
  request: CertificateRequest,
  options: { readonly signer?: Signer; readonly isAuthority?: boolean } = {},
): { readonly certificate: string; readonly key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = options.signer ?? { name: request.hostname, privateKey }
  const algorithm = sequence(objectId(ecdsaWithSha256))
  const dnsName = sequence(der(0x82, Buffer.from(request.hostname, 'ascii')))
  const authority = sequence(
    objectId(basicConstraints),
    der(0x01, Buffer.from([0xff])),
    octetString(sequence(der(0x01, Buffer.from([0xff])))),
  )
  const extension =
    options.isAuthority === true ? authority : sequence(objectId(subjectAltName), octetString(dnsName))
  lastSerial += 1
  const body = sequence(
    der(0xa0, integer([2])),
    integer([lastSerial]),
    algorithm,
    name(signer.name),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    name(request.hostname),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const bytes = sequence(body, algorithm, bitString(sign('sha256', body, signer.privateKey)))
  return { certificate: pem(bytes), key: privateKey }
}

function keyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** PEM texts of a certificate for `hostname`, signed by its own key. */
export function selfSignedCertificate(request: CertificateRequest): TestCertificate {
  const { certificate, key } = makeCertificate(request)
  return { certificate, privateKey: keyText(key) }
}

export interface TestAuthority {
  /** PEM: what a client must trust. */
  readonly certificate: string
  readonly issue: (request: CertificateRequest) => TestCertificate
}

/** An authority of this test's own, valid for the hour around `nowMs`. Issues at most 120 certificates in a process. */
export function testAuthority(nowMs: number): TestAuthority {
  const hourMs = 3_600_000
  const request = { hostname: 'Test Authority', notBeforeMs: nowMs - hourMs, notAfterMs: nowMs + hourMs }
  const own = makeCertificate(request, { isAuthority: true })
  const signer = { name: request.hostname, privateKey: own.key }
  return {
    certificate: own.certificate,
    issue: (wanted) => {
      const { certificate, key } = makeCertificate(wanted, { signer })
      return { certificate, privateKey: keyText(key) }
    },
  }
}
