/** A new secret of an endpoint: what is stored of it, and what is shown. Owns no randomness: that is in the ports. */
import type { NewSecret } from '@scanhook/postgres/endpoints'
import type { SigningKey } from '@scanhook/signing/signing-key'
import type { SignatureKind } from './webhook-input.ts'

export interface SecretPorts {
  readonly newSecret: () => string
  readonly newSigningKey: () => SigningKey
  readonly seal: (secret: string) => string
}

export interface MadeSecret {
  readonly stored: NewSecret
  /** In clear, to be shown once; null when nobody but the signer needs it. */
  readonly shown: string | null
}

export function endpointSecret(kind: SignatureKind, ports: SecretPorts): MadeSecret {
  if (kind === 'hmac') {
    const secret = ports.newSecret()
    return { stored: { sealed: ports.seal(secret), hint: secret.slice(-4), publicKey: null }, shown: secret }
  }
  const { privateKey, publicKey } = ports.newSigningKey()
  // Of the public half: nothing of the private one is shown.
  return { stored: { sealed: ports.seal(privateKey), hint: publicKey.slice(-4), publicKey }, shown: null }
}
