/** A new secret beside the old one, which goes on for as long as the receiver needs to change over. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failure } from '../../parts/states.tsx'
import { SecretOnce } from './secret-once.tsx'

const overlaps = [
  [0, 'not at all: it ends now'],
  [1, 'one hour'],
  [24, 'one day'],
  [72, 'three days'],
  [168, 'one week'],
] as const
const usualHours = 24

export function RotateSecret({ webhook }: { readonly webhook: Model<'Webhook'> }) {
  const [isOpen, setOpen] = useState(false)
  const [made, setMade] = useState<Model<'Webhook'> | null>(null)
  return (
    <div className="grid gap-3">
      {made !== null && (
        <SecretOnce secret={made.secret ?? made.public_key ?? ''} isPublic={made.secret === null} />
      )}
      <div>
        <Button onClick={() => setOpen(true)}>Rotate the secret…</Button>
      </div>
      {isOpen && (
        <Dialog title="Rotate the secret" onClose={() => setOpen(false)}>
          <RotateForm
            webhook={webhook}
            onRotated={(rotated) => {
              setMade(rotated)
              setOpen(false)
            }}
          />
        </Dialog>
      )}
    </div>
  )
}

interface FormProps {
  readonly webhook: Model<'Webhook'>
  readonly onRotated: (webhook: Model<'Webhook'>) => void
}

function RotateForm({ webhook, onRotated }: FormProps) {
  const queries = useQueryClient()
  const [hours, setHours] = useState(usualHours)
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/webhooks/{webhook_id}/rotate-secret', {
          params: { path: { webhook_id: webhook.id } },
          body: { overlap_hours: hours },
        }),
      ),
    onSuccess: (rotated) => {
      void queries.invalidateQueries({ queryKey: ['webhooks'] })
      onRotated(rotated)
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    rotate.mutate()
  }
  return (
    <form onSubmit={submit} className="grid gap-4">
      <p>
        Requests carry a signature of each secret until the old one ends, so your program may change over at
        any moment before.
      </p>
      <Field label="The old secret goes on for">
        {(control) => (
          <select {...control} value={hours} onChange={({ target }) => setHours(Number(target.value))}>
            {overlaps.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {rotate.isError && <Failure error={rotate.error} />}
      <div>
        <Button kind="primary" type="submit" isBusy={rotate.isPending}>
          Rotate
        </Button>
      </div>
    </form>
  )
}
