/** An address that no screen has. */
import { Link } from '@tanstack/react-router'

export function NotFound() {
  return (
    <div className="mx-auto max-w-lg p-8">
      <h1 className="font-semibold text-xl">There is nothing here</h1>
      <p className="mt-2 text-muted">
        The address may have a typing error, or belong to something that was deleted.
      </p>
      <Link to="/webhooks" className="mt-4 inline-block text-accent underline">
        To the webhooks
      </Link>
    </div>
  )
}
