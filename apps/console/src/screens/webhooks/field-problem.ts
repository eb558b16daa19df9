/** What is wrong with a field of a form, of what the API said of all of them. Pure. */
import type { ApiProblem } from '../../api/api.ts'

/** "It is too long.", "webhook-id is reserved for the sender."; undefined: nothing. `name`: a field, or what holds some (`headers`). */
export function fieldProblem(fields: ApiProblem['fields'], name: string): string | undefined {
  const found = fields.find(({ field }) => field === name || field.startsWith(`${name}.`))
  if (found === undefined) return undefined
  const { field, message } = found
  // `subscriptions.0.filter`: an index and a name of ours tell nobody anything.
  const isOwnName = field !== name && !field.startsWith('subscriptions.')
  return `${isOwnName ? field.slice(name.length + 1) : 'It'} ${message}.`
}
