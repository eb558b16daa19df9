/** What most new endpoints leave as it is, folded away: name, filter, headers, pace, wire format. */
import { Field } from '../../parts/field.tsx'
import { signatureHeaders } from './example-body.ts'
import { FilterPreview } from './filter-preview.tsx'
import type { FormPart } from './new-webhook.ts'

interface Props extends FormPart {
  readonly isInspector: boolean
  readonly problemOf: (field: string) => string | undefined
}

export function AdvancedFields({ form, set, isInspector, problemOf }: Props) {
  return (
    <details className="rounded-lg border border-line bg-surface p-4">
      <summary className="cursor-pointer font-medium">
        Advanced: name, filter, headers, pace, signature format
      </summary>
      <div className="mt-3 grid items-start gap-3 lg:grid-cols-2">
        <Field label="Name" problem={problemOf('name')}>
          {(control) => (
            <input
              {...control}
              maxLength={255}
              value={form.name}
              onChange={({ target }) => set({ name: target.value })}
            />
          )}
        </Field>
        <Field label="Description" problem={problemOf('description')}>
          {(control) => (
            <input
              {...control}
              value={form.description}
              onChange={({ target }) => set({ description: target.value })}
            />
          )}
        </Field>
        <div className="min-w-0 lg:col-span-2">
          <Field
            label="Filter"
            hint={'A CEL expression; empty: all of them. For example location_key(data) == "DOCK-1".'}
            problem={problemOf('subscriptions')}
          >
            {(control) => (
              <textarea
                {...control}
                rows={2}
                spellCheck={false}
                value={form.filter}
                onChange={({ target }) => set({ filter: target.value })}
              />
            )}
          </Field>
          <FilterPreview eventTypes={form.eventTypes} filter={form.filter} />
        </div>
        <Field
          label="Headers of your own"
          hint="One in a line, as Name: value."
          problem={problemOf('headers')}
        >
          {(control) => (
            <textarea
              {...control}
              rows={3}
              spellCheck={false}
              value={form.headers}
              onChange={({ target }) => set({ headers: target.value })}
            />
          )}
        </Field>
        <Field
          label="Requests per second, at most"
          hint="Empty: no limit of its own."
          problem={problemOf('rate_limit_per_second')}
        >
          {(control) => (
            <input
              {...control}
              type="number"
              min="0.1"
              max="10000"
              step="any"
              value={form.rate}
              onChange={({ target }) => set({ rate: target.value })}
            />
          )}
        </Field>
        <Field
          label="Wire format"
          hint={`Signed in the headers ${signatureHeaders(form.profile, null).join(', ')}.`}
          problem={problemOf('profile')}
        >
          {(control) => (
            <select
              {...control}
              value={form.profile}
              onChange={({ target }) => set({ profile: target.value as typeof form.profile })}
            >
              <option value="standard">Standard Webhooks</option>
              <option value="trakrf">TrakRF: with X-TrakRF-Signature</option>
              <option value="trackberry">Trackberry: with X-Trackberry-Signature</option>
            </select>
          )}
        </Field>
        {form.profile === 'standard' && !isInspector && (
          <Field label="Signature" problem={problemOf('signature')}>
            {(control) => (
              <select
                {...control}
                value={form.signature}
                onChange={({ target }) => set({ signature: target.value as typeof form.signature })}
              >
                <option value="hmac">HMAC-SHA256 with a shared secret</option>
                <option value="ed25519">Ed25519 with a public key</option>
              </select>
            )}
          </Field>
        )}
      </div>
    </details>
  )
}
