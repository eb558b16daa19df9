/** What the headers of a request say, and what of it is signed. */
import { CodeBlock } from '../../parts/code-block.tsx'
import { Card, Facts } from '../../parts/page.tsx'
import { type Profile, signatureHeaders } from './example-body.ts'

interface Props {
  readonly profile: Profile
  readonly prefix: string | null
  readonly signature: 'hmac' | 'ed25519'
}

const meanings: readonly (readonly [ending: string, meaning: string])[] = [
  [
    'webhook-id',
    'The event’s id, the same on every attempt. Whoever has seen it answers 2xx and does nothing.',
  ],
  [
    'webhook-timestamp',
    'When this attempt began, in seconds. Refuse what is more than five minutes away: it was recorded and sent again by somebody else.',
  ],
  [
    'webhook-signature',
    'v1 and an HMAC-SHA256 in Base64, for each secret that signs, with blanks between them.',
  ],
  ['-Event', 'The event type.'],
  ['-Delivery', 'The delivery’s id, the same on every attempt.'],
  ['-Timestamp', 'As webhook-timestamp.'],
  ['-Event-Id', 'The event’s id.'],
]

/** The brands sign other things than the standard does. */
const brandMeanings: Readonly<Record<Profile, string>> = {
  standard: '',
  trakrf: 'sha256= and an HMAC-SHA256 in hex over timestamp.body; with the newest secret alone.',
  trackberry: 'sha256= and an HMAC-SHA256 in hex over the body; with the newest secret alone.',
}

function meaningOf(header: string, profile: Profile): string {
  if (header.endsWith('-Signature')) return brandMeanings[profile]
  // The longer endings stand last, and win.
  return meanings.findLast(([ending]) => header.endsWith(ending))?.[1] ?? ''
}

const ed25519Meaning = 'v1a and an Ed25519 signature in Base64, for each key that signs.'

export function SignedHeaders({ profile, prefix, signature }: Props) {
  return (
    <Card title="The headers, and what is signed">
      <Facts
        facts={signatureHeaders(profile, prefix).map((header) => [
          header,
          header === 'webhook-signature' && signature === 'ed25519'
            ? ed25519Meaning
            : meaningOf(header, profile),
        ])}
      />
      <div className="mt-4">
        <CodeBlock what="the signed content" text={'{webhook-id}.{webhook-timestamp}.{body}'} />
      </div>
    </Card>
  )
}
