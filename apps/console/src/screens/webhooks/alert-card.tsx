/** Who is written to when an endpoint fails, recovers or is disabled: the organization's addresses, for all of its endpoints. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, dataOf } from '../../api/api.ts'
import { sessionKey, useOrganization } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { OthersChanges } from '../../parts/others-changes.tsx'
import { Card } from '../../parts/page.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'

export function AlertCard() {
  const organization = useOrganization()
  return (
    <Card title="Who is told by e-mail">
      <Loaded query={organization} what="the addresses">
        {({ contact_emails: emails }) => <AlertForm emails={emails} />}
      </Loaded>
    </Card>
  )
}

const label = 'Alert e-mail addresses'
const textOf = (emails: readonly string[]): string => emails.join('\n')

function AlertForm({ emails }: { readonly emails: readonly string[] }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const current = textOf(emails)
  // What the form began with: what somebody else saves meanwhile does not take away what is typed.
  const [base, setBase] = useState(current)
  const [text, setText] = useState(current)
  const save = useMutation({
    mutationFn: async ({ text, seen }: { readonly text: string; readonly seen: string }) => {
      const now = await dataOf(api.GET('/api/v1/orgs/me'))
      if (textOf(now.contact_emails) !== seen) {
        // The list is written whole: whom somebody else put there meanwhile is told first.
        queries.setQueryData(sessionKey, now)
        return null
      }
      return await dataOf(
        api.PATCH('/api/v1/orgs/me', {
          body: { contact_emails: text.split(/[\s,;]+/).filter((each) => each !== '') },
        }),
      )
    },
    onSuccess: async (saved, sent) => {
      if (saved === null) return
      announce.done('Saved.')
      const after = textOf(saved.contact_emails)
      setBase(after)
      setText((typed) => (typed === sent.text ? after : typed))
      // An answer that is on its way may be older than this one.
      await queries.cancelQueries({ queryKey: sessionKey })
      queries.setQueryData(sessionKey, saved)
    },
  })
  const begin = (): void => {
    setBase(current)
    setText(current)
  }
  // Until a save is over what is shown may be older than what was saved.
  const isOthers = !save.isPending && current !== base
  if (isOthers && text === base) begin()
  const problem =
    save.error instanceof ApiProblem
      ? save.error.fields.find(({ field }) => field.startsWith('contact_emails'))?.message
      : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text === base) announce.done('Nothing was changed.')
    else save.mutate({ text, seen: current })
  }
  return (
    <form onSubmit={submit} className="grid gap-3">
      <p>
        {emails.length === 0
          ? 'Nobody yet: when this endpoint fails, it is said here and nowhere else.'
          : 'When an endpoint fails, recovers or is disabled, one e-mail goes to each of them.'}
      </p>
      <Field label={label} hint="One in a line, for all endpoints of the organization." problem={problem}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            spellCheck={false}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      {isOthers && (
        <OthersChanges
          differences={[{ label, before: base || 'nobody', now: current || 'nobody' }]}
          onTakeTheirs={begin}
        />
      )}
      {save.isError && problem === undefined && <Failure error={save.error} />}
      <div>
        <Button type="submit" isBusy={save.isPending}>
          {isOthers ? 'Save mine over it' : 'Save addresses'}
        </Button>
      </div>
    </form>
  )
}
