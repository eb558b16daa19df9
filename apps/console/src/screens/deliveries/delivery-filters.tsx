/** What the list of deliveries is narrowed to; all of it is in the address. */
import { useEventTypes, useWebhookNames } from '../../api/shared-lists.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, TimeChoice } from '../../parts/choice.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import type { UrlFilters } from '../../use-url-filters.ts'

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
      options={withAny(choices, filters.one(name))}
      onChange={(value) => filters.set({ [name]: value })}
    />
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
      <TimeChoice label="From" value={filters.one('from')} onChange={(from) => filters.set({ from })} />
      <TimeChoice label="To" value={filters.one('to')} onChange={(to) => filters.set({ to })} />
      {filters.isAny && <Button onClick={filters.clear}>Clear filters</Button>}
    </section>
  )
}

/** What an address names is shown before the choices are known. */
function withAny(
  choices: readonly (readonly [string, string])[],
  value: string,
): readonly (readonly [string, string])[] {
  const isKnown = value === '' || choices.some(([each]) => each === value)
  return [['', 'any'], ...(isKnown ? [] : [[value, value] as const]), ...choices]
}
