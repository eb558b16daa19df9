/** Who is written to when an endpoint fails, recovers or is disabled: the organization's addresses, for all of its endpoints. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiProblem, api, dataOf } from '../../api/api.ts'
import { sessionKey, useOrganization } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { Field } from '../../parts/field.tsx'
import { Card } from '../../parts/page.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'

export function AlertCard() {
  const organization = useOrganization()
  return (
    <Card title="Who is told by e-mail">
      <Loaded query={organization} what="the addresses">
        {({ contact_emails: emails }) => <AlertForm key={emails.join()} emails={emails} />}
      </Loaded>
    </Card>
  )
}

function AlertForm({ emails }: { readonly emails: readonly string[] }) {
  const queries = useQueryClient()
  const announce = useAnnounce()
  const before = emails.join('\n')
  const [text, setText] = useState(before)
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH('/api/v1/orgs/me', {
          body: { contact_emails: text.split(/[\s,;]+/).filter((each) => each !== '') },
        }),
      ),
    onSuccess: () => {
      announce.done('Saved.')
      return queries.invalidateQueries({ queryKey: sessionKey })
    },
  })
  const problem =
    save.error instanceof ApiProblem
      ? save.error.fields.find(({ field }) => field.startsWith('contact_emails'))?.message
      : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="grid gap-3">
      <p>
        {emails.length === 0
          ? 'Nobody yet: when this endpoint fails, it is said here and nowhere else.'
          : 'When an endpoint fails, recovers or is disabled, one e-mail goes to each of them.'}
      </p>
      <Field
        label="Alert e-mail addresses"
        hint="One in a line, for all endpoints of the organization."
        problem={problem}
      >
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
      {save.isError && problem === undefined && <Failure error={save.error} />}
      <div>
        <Button type="submit" disabled={text === before} isBusy={save.isPending}>
          Save addresses
        </Button>
      </div>
    </form>
  )
}
