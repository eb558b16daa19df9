/** Asks before a key ends. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Failure } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'

interface Props {
  readonly apiKey: Model<'ApiKey'>
  /** The session of this console hangs on it. */
  readonly isOwn: boolean
  readonly onClose: () => void
}

export function RevokeDialog({ apiKey, isOwn, onClose }: Props) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const revoking = useMutation({
    mutationFn: () =>
      bodyOf(api.DELETE('/api/v1/api-keys/{api_key_id}', { params: { path: { api_key_id: apiKey.id } } })),
    onSuccess: async () => {
      announce.done('The key is revoked. It stops working within 30 seconds.')
      onClose()
      await queries.invalidateQueries({ queryKey: ['api-keys'] })
    },
  })
  return (
    <Dialog title="Revoke the key?" onClose={onClose}>
      <p className="break-words">
        Programs that use <bdi className="font-medium">{apiKey.name}</bdi> get 401 within 30 seconds, and so
        do its access tokens and the sessions of its links. This cannot be taken back.
      </p>
      {isOwn && (
        <p className="mt-3 rounded-md border border-warn bg-warn-soft p-3 text-warn">
          Your session in this console was made with this key: it ends as well.
        </p>
      )}
      {revoking.isError && (
        <div className="mt-3">
          <Failure error={revoking.error} />
        </div>
      )}
      <div className="mt-4 flex gap-2">
        <Button kind="danger" isBusy={revoking.isPending} onClick={() => revoking.mutate()}>
          Revoke the key
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </Dialog>
  )
}
