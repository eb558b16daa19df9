/** Sends to the endpoint on purpose: a test, an example of any event type, and the requests of a check. */
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Card } from '../../parts/page.tsx'
import { Failure, Loaded } from '../../parts/states.tsx'
import { CheckCard } from './check-card.tsx'
import { LiveDelivery } from './live-delivery.tsx'
import { useEventTypes } from './webhook-queries.ts'

type TriggerBody = NonNullable<
  Parameters<typeof api.POST<'/api/v1/webhooks/{webhook_id}/trigger', never>>[1]
>['body']

/** The choice that is no event type. */
const plainTest = ''

export function TestingTab({ webhook }: { readonly webhook: Model<'Webhook'> }) {
  const mayWrite = useMay('webhooks:write')
  const eventTypes = useEventTypes()
  if (!mayWrite)
    return <p className="text-muted">Your session may look at this endpoint, and not send to it.</p>
  return (
    <div className="grid gap-4">
      <Loaded query={eventTypes} what="the event types">
        {(types) => <SendForm webhookId={webhook.id} eventTypes={types} />}
      </Loaded>
      <CheckCard webhookId={webhook.id} />
    </div>
  )
}

interface SendProps {
  readonly webhookId: number
  readonly eventTypes: readonly Model<'EventType'>[]
}

function SendForm({ webhookId, eventTypes }: SendProps) {
  const [chosen, setChosen] = useState(plainTest)
  const send = useMutation({
    mutationFn: () => {
      const params = { path: { webhook_id: webhookId } }
      return chosen === plainTest
        ? dataOf(api.POST('/api/v1/webhooks/{webhook_id}/test', { params }))
        : dataOf(
            api.POST('/api/v1/webhooks/{webhook_id}/trigger', {
              params,
              body: { event_type: chosen } as TriggerBody,
            }),
          )
    },
  })
  const example = eventTypes.find(({ name }) => name === chosen)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <>
      <Card title="Send one request">
        <form onSubmit={submit} className="grid gap-4">
          <Field
            label="What to send"
            hint="It goes to this endpoint alone, whatever it subscribes to, and says that it is a test."
          >
            {(control) => (
              <select {...control} value={chosen} onChange={({ target }) => setChosen(target.value)}>
                <option value={plainTest}>A test</option>
                {eventTypes.map(({ name }) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {example !== undefined && (
            <CodeBlock
              what={`the example data of ${example.name}`}
              text={JSON.stringify(example.data_example, null, 2)}
            />
          )}
          {send.isError && <Failure error={send.error} />}
          <div>
            <Button kind="primary" type="submit" isBusy={send.isPending}>
              <Icon name="send" /> Send
            </Button>
          </div>
        </form>
      </Card>
      {send.data !== undefined && (
        <LiveDelivery key={send.data.delivery_id} deliveryId={send.data.delivery_id} />
      )}
    </>
  )
}
