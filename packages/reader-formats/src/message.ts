/** What goes into a reader's format and what comes out of it. */
import type { OrgId } from '@scanhook/domain/ids'
import type { FieldProblem, Heartbeat, ScanRead } from '@scanhook/domain/read'

/** What is known of a message besides its text. */
export interface ReaderContext {
  /** The organization of the API key, the topic or the header; null where the message itself must say it. */
  readonly orgId: OrgId | null
  /** The device that the header `scanhook-device` names: it stands in for whatever the message says. */
  readonly deviceKey: string | null
  /** The Kafka record's key as text: counts where neither header nor message names a device. */
  readonly recordKey: string | null
  /** What field names in problems begin with: empty, or `3.` in a batch. */
  readonly fieldPrefix: string
}

/** What one JSON document turned out to hold. Problems may stand beside good reads: some entries of a frame are bad. */
export interface Decoded {
  readonly reads: readonly ScanRead[]
  readonly heartbeats: readonly Heartbeat[]
  readonly problems: readonly FieldProblem[]
}

export interface DecodedMessage extends Decoded {
  /** False when the text, or a part of it, is not JSON. */
  readonly isReadable: boolean
}
