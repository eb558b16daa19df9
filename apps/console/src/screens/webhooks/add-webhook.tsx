/** Settings → Webhooks → Add Webhook Endpoint: the form, and what comes of the first request on the same page. */
import { useState } from 'react'
import { Page } from '../../parts/page.tsx'
import { AddForm, type Created } from './add-form.tsx'
import { FirstDelivery } from './first-delivery.tsx'

export default function AddWebhook() {
  const [created, setCreated] = useState<Created | null>(null)
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
