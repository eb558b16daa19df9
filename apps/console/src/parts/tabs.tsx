/** Views of one thing, the chosen one kept in the address. */
import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useUrlFilters } from '../use-url-filters.ts'

interface Tab {
  readonly name: string
  readonly label: string
  readonly content: () => ReactNode
}

export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const filters = useUrlFilters()
  const first = tabs[0]?.name ?? ''
  const chosen = tabs.find(({ name }) => name === filters.one('tab'))?.name ?? first
  return (
    <Radix.Root value={chosen} onValueChange={(tab) => filters.set({ tab: tab === first ? '' : tab })}>
      <Radix.List
        aria-label={label}
        // Else Radix takes the next step of the Tab key for a press of the mouse, and leaves the focus on the list, unseen.
        onMouseDown={(event) => event.preventDefault()}
        className="mb-4 flex flex-wrap gap-1 border-line border-b"
      >
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.name}
            value={tab.name}
            onClick={({ currentTarget }) => currentTarget.focus()}
            className="-mb-px min-h-11 border-transparent border-b-2 px-3 text-muted hover:text-text data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.name} value={tab.name}>
          {tab.name === chosen && tab.content()}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
