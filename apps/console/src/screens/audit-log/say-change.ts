/** Entries of the audit log in words. Pure. */

/** `webhook.secret_rotated` is "Webhook: secret rotated"; what a newer API names reads as well. */
export function sayOperation(operation: string): string {
  const [resource = '', did = ''] = operation.split('.', 2)
  const words = resource.replaceAll('_', ' ')
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${did.replaceAll('_', ' ')}`
}

/** `kind` in words; the system has no id. */
export function sayActor(kind: string, id: number | null): string {
  return id === null ? kind : `${kind} ${id}`
}
