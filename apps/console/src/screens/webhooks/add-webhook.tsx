/** Settings → Webhooks → Add Webhook Endpoint: the form, and what comes of the first request on the same page. */
import { Page } from '../../parts/page.tsx'
import { AddForm } from './add-form.tsx'
import { FirstDelivery } from './first-delivery.tsx'
import { useCreated } from './use-created.ts'

export default function AddWebhook() {
  const [created, setCreated] = useCreated()
  return created === null ? (
    <Page title="Add Webhook Endpoint">
      <AddForm onCreated={setCreated} />
    </Page>
  ) : (
    <Page title="Endpoint added">
      <FirstDelivery created={created} />
    </Page>
  )
}
