/** What the list of deliveries is narrowed to; all of it is in the address. */
import type { ReactNode } from 'react'
import { Button } from '../../parts/button.tsx'
import { controlLook } from '../../parts/field.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import type { UrlFilters } from '../../use-url-filters.ts'
import { useEventTypes, useWebhookNames } from './delivery-queries.ts'
import { localText, readLocal } from './local-time.ts'

const states = [
  ['pending', 'Pending'],
  ['delivered', 'Delivered'],
  ['dead', 'Dead'],
] as const
const codes = [
  ['2xx', '2xx'],
  ['3xx', '3xx'],
  ['4xx', '4xx'],
  ['5xx', '5xx'],
  ['none', 'no answer'],
] as const

export function DeliveryFilters({ filters }: { readonly filters: UrlFilters }) {
  const names = useWebhookNames()
  const types = useEventTypes()
  const choose = (label: string, name: string, choices: readonly (readonly [string, string])[]) => (
    <Choice
      label={label}
      value={filters.one(name)}
      choices={choices}
      onChange={(value) => filters.set({ [name]: value })}
    />
  )
  const time = (label: string, name: string) => (
    <Labelled label={label}>
      <input
        type="datetime-local"
        step={1}
        className={controlLook}
        value={localText(filters.one(name))}
        onChange={({ target }) => filters.set({ [name]: readLocal(target.value) })}
      />
    </Labelled>
  )
  return (
    <section aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
      <SearchField
        label="Delivery or event id"
        value={filters.one('id')}
        onChange={(text) => filters.set({ id: text.trim() })}
      />
      {choose('State', 'state', states)}
      {choose('Answer', 'code', codes)}
      {choose(
        'Event type',
        'type',
        (types.data ?? []).map(({ name }) => [name, name] as const),
      )}
      {choose(
        'Endpoint',
        'webhook',
        [...(names.data ?? [])].map(([id, name]) => [String(id), name] as const),
      )}
      {time('From', 'from')}
      {time('To', 'to')}
      {filters.isAny && <Button onClick={filters.clear}>Clear filters</Button>}
    </section>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly choices: readonly (readonly [value: string, text: string])[]
  readonly onChange: (value: string) => void
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <Labelled label={label}>
      <select
        className={`${controlLook} max-w-56`}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">any</option>
        {/* From a link, before the choices are known. */}
        {value !== '' && !choices.some(([each]) => each === value) && <option value={value}>{value}</option>}
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="grid gap-1">
      <span className="text-muted text-sm">{label}</span>
      {children}
    </label>
  )
}
