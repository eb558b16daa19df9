/** Opens a session: by the single-use link that brought somebody here, or by an API key. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiProblem } from '../../api/api.ts'
import { signIn } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { readReturn } from './read-return.ts'

export default function SignIn() {
  const [key, setKey] = useState('')
  const [link, setLink] = useState(tokenInAddress)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { one } = useUrlFilters()
  const enter = useMutation({
    mutationFn: (credential: string) => signIn(credential),
    onSuccess: async () => {
      queries.clear()
      await navigate({ ...readReturn(one('to')), replace: true })
    },
  })
  const { mutate } = enter
  useEffect(() => {
    document.title = 'Sign in – Scanhook'
  }, [])
  useEffect(() => {
    // A link that is opened where another one was refused is a step within the page: it is not loaded anew.
    const look = (): void => setLink(tokenInAddress())
    window.addEventListener('hashchange', look)
    return () => window.removeEventListener('hashchange', look)
  }, [])
  useEffect(() => {
    if (link === null) return
    // Out of the address and the history before anything else: it is a credential, if for one use only.
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    setLink(null)
    mutate(link)
  }, [link, mutate])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    mutate(key.trim())
  }
  return (
    <main className="mx-auto grid max-w-md gap-5 p-6 pt-[12vh]">
      <h1 className="flex items-center gap-2 font-semibold text-2xl">
        <Icon name="logo" /> Scanhook
      </h1>
      <form onSubmit={submit} className="grid gap-4 rounded-lg border border-line bg-surface p-5">
        <h2 className="font-semibold text-lg">Sign in</h2>
        {one('to') !== '' && (
          <p role="status" className="rounded-md bg-warn-soft p-3 text-warn">
            Your session is over. Sign in again, and you are back where you were.
          </p>
        )}
        <Field
          label="API key"
          hint="sk_…, or the pl_… of a link. It is exchanged for a session of 8 hours, which this page can't read."
          problem={enter.isError ? problemText(enter.error) : undefined}
        >
          {(control) => (
            <input
              {...control}
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              required
              value={key}
              onChange={({ target }) => setKey(target.value)}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" isBusy={enter.isPending}>
          {enter.isPending ? 'Signing in …' : 'Sign in'}
        </Button>
      </form>
      <p className="text-muted">
        No key? Ask whoever runs your organization for a link: <code>POST /api/v1/portal-links</code>. It is
        good for one use.
      </p>
    </main>
  )
}

/** `#token=pl_…`: a fragment is never sent to a server, so no log has it. */
function tokenInAddress(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get('token')
}

function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem) || error.status !== 401)
    return error instanceof Error ? error.message : String(error)
  return 'That is not valid: a link works once and for minutes only, a key until it is withdrawn.'
}
