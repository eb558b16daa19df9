/** Of each endpoint what `master-data` says last: under which keys its secrets are. Older announcements are read by nobody any more. */
import type { MasterDataChange } from '@scanhook/domain/master-data'
import type { CountByKey } from '@scanhook/postgres/sealed-texts'
import { sealingKeyOf } from '@scanhook/signing/seal'

interface Last {
  readonly version: number
  readonly keyIds: readonly string[]
}

/** `read` hands over every announcement there is. */
export async function announcedSecrets(
  read: (apply: (change: MasterDataChange) => void) => Promise<void>,
): Promise<CountByKey> {
  const lastOf = new Map<number, Last>()
  await read(({ kind, id, version, isDeleted, document }) => {
    if (kind !== 'endpoint' || (lastOf.get(id)?.version ?? -1) >= version) return
    lastOf.set(id, { version, keyIds: isDeleted ? [] : keysOf(document) })
  })
  const counts = new Map<string, number>()
  for (const { keyIds } of lastOf.values())
    for (const keyId of keyIds) counts.set(keyId, (counts.get(keyId) ?? 0) + 1)
  return counts
}

function keysOf(document: string): readonly string[] {
  const { sealedSecrets = [] }: { readonly sealedSecrets?: readonly string[] } = JSON.parse(document)
  return sealedSecrets.map((sealed) => sealingKeyOf(sealed) ?? '(no sealed text)')
}
