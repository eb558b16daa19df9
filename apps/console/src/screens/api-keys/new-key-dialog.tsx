/** What a new key is called, and what it may do. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { useOrganization } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failure } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'
import { findKeyProblem, type Scope, scopeWords } from './describe-scopes.ts'

interface Props {
  readonly onMade: (made: Model<'NewApiKey'>) => void
  readonly onClose: () => void
}

export function NewKeyDialog({ onMade, onClose }: Props) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const { data: organization } = useOrganization()
  const own = organization?.scopes ?? []
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>([])
  const [problem, setProblem] = useState<string | null>(null)
  const making = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/api/v1/api-keys', { body: { name: name.trim(), scopes: [...scopes] } })),
    // The answer holds the secret: it stays with the page that shows it, and nowhere else.
    gcTime: 0,
    onSuccess: (made) => {
      onMade(made)
      onClose()
      announce.done('The key is made. Store it now: it is shown once.')
      void queries.invalidateQueries({ queryKey: ['api-keys'] })
    },
  })
  const make = (event: FormEvent): void => {
    event.preventDefault()
    const found = findKeyProblem(name, scopes)
    setProblem(found)
    if (found === null) making.mutate()
  }
  const toggle = (scope: Scope): void =>
    setScopes(scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope])
  return (
    <Dialog title="A new key" onClose={onClose}>
      <form onSubmit={make} noValidate className="grid gap-4">
        <Field label="Name" hint="The program that uses it: one key for each.">
          {(control) => (
            <input
              {...control}
              required
              maxLength={255}
              dir="auto"
              autoComplete="off"
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <fieldset className="grid gap-1">
          <legend className="mb-1 font-medium">It may</legend>
          {scopeWords.map(([scope, words, more]) => (
            <label key={scope} className="flex min-h-9 items-start gap-2 rounded px-2 py-1 hover:bg-raised">
              <input
                type="checkbox"
                className="mt-1.5"
                checked={scopes.includes(scope)}
                disabled={!own.includes(scope)}
                onChange={() => toggle(scope)}
              />
              <span>
                {words}
                <span className="block text-muted text-sm">
                  {scope}
                  {more === '' ? '' : `: ${more}`}
                  {own.includes(scope) ? '' : ' (your session may not give it)'}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        {problem !== null && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        {making.isError && <Failure error={making.error} />}
        <div className="flex gap-2">
          <Button type="submit" kind="primary" isBusy={making.isPending}>
            Make the key
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
