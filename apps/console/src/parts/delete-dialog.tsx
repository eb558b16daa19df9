/** Asks before something is deleted, and says first what will happen. */
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useAnnounce } from '../shell/announcements.tsx'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './states.tsx'

interface Props {
  /** "Delete the asset?" */
  readonly title: string
  /** "Delete asset". */
  readonly submit: string
  readonly done: string
  readonly remove: () => Promise<unknown>
  readonly onRemoved: () => void | Promise<void>
  readonly onClose: () => void
  /** What will happen. */
  readonly children: ReactNode
}

export function DeleteDialog({ title, submit, done, remove, onRemoved, onClose, children }: Props) {
  const announce = useAnnounce()
  const removing = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      announce.done(done)
      await onRemoved()
    },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-2 break-words">{children}</div>
      {removing.isError && (
        <div className="mt-3">
          <Failure error={removing.error} />
        </div>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button kind="danger" isBusy={removing.isPending} onClick={() => removing.mutate()}>
          {submit}
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </Dialog>
  )
}
