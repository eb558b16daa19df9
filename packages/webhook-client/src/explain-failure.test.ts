import { expect, test } from 'vitest'
import { explainDeadline, explainFailure } from './explain-failure.ts'

const coded = (code: string): Error => Object.assign(new Error(`internal detail 10.1.2.3 ${code}`), { code })

test.each([
  ['ECONNREFUSED', 'connect', 'connect', 'The connection was refused.'],
  ['EHOSTUNREACH', 'connect', 'connect', 'The host could not be reached.'],
  ['CERT_HAS_EXPIRED', 'tls', 'tls', 'The TLS certificate has expired.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'tls', 'The TLS certificate is for another host name.'],
  ['ECONNRESET', 'tls', 'tls', 'The receiver closed the connection during the TLS handshake.'],
  ['ERR_SSL_SOMETHING_NEW', 'tls', 'tls', 'The TLS handshake failed.'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'open', 'tls', 'The receiver demands a client certificate.'],
  ['ECONNRESET', 'open', 'reset', 'The connection was closed before a response arrived.'],
  ['UND_ERR_SOCKET', 'open', 'reset', 'The connection was closed before a response arrived.'],
  ['HPE_INVALID_CONSTANT', 'open', 'protocol', 'The response was not valid HTTP/1.1.'],
  ['UND_ERR_HEADERS_OVERFLOW', 'open', 'protocol', 'The headers of the response were larger than 16 KiB.'],
  ['WEBHOOK_NAME_UNRESOLVED', 'dns', 'dns', 'The host name could not be resolved.'],
  [
    'WEBHOOK_ADDRESS_FORBIDDEN',
    'dns',
    'blocked_address',
    'The URL leads to an address that deliveries may not be sent to.',
  ],
  ['WHATEVER', 'open', 'internal', 'The request could not be made.'],
] as const)('%s while %s is %s', (code, phase, errorClass, message) => {
  expect(explainFailure(coded(code), phase)).toEqual({ errorClass, message })
})

test('the first reason counts when every address failed', () => {
  const error = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])
  expect(explainFailure(error, 'connect').message).toBe('The connection was refused.')
})

test('the deadline says how far the exchange had come', () => {
  expect(explainDeadline('tls', 5_000)).toEqual({
    errorClass: 'timeout',
    message: 'The TLS handshake did not finish within 5 s.',
  })
})
