/** An address that no screen has. */
import { Link } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'

export function NotFound() {
  return (
    <main className="mx-auto max-w-lg p-8">
      <Page title="There is nothing here">
        <p className="text-muted">
          The address may have a typing error, or belong to something that was deleted.
        </p>
        <Link to="/webhooks" className="mt-4 inline-block py-1 text-accent underline">
          To the webhooks
        </Link>
      </Page>
    </main>
  )
}
