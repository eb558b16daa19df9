/** Every type of event there is. */
import { Link } from '@tanstack/react-router'
import { useEventTypes } from '../../api/shared-lists.ts'
import { Card, Page } from '../../parts/page.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { useUrlFilters } from '../../use-url-filters.ts'
import { groupTypes } from './group-types.ts'

export default function CatalogueList() {
  const filters = useUrlFilters()
  const query = useEventTypes()
  return (
    <Page title="Catalogue">
      <div className="mb-4">
        <SearchField
          label="Search event types"
          value={filters.one('q')}
          onChange={(q) => filters.set({ q })}
        />
      </div>
      <Loaded query={query} what="the catalogue">
        {(types) => {
          const groups = groupTypes(types, filters.one('q'))
          if (groups.length === 0) return <Empty title="No event type is like that" />
          return (
            <div className="grid gap-4">
              {groups.map(({ group, types: members }) => (
                <Card key={group} title={group}>
                  <ul className="grid gap-3">
                    {members.map(({ name, description }) => (
                      <li key={name}>
                        <Link
                          to="/catalogue/$eventType"
                          params={{ eventType: name }}
                          className="font-mono text-accent underline"
                        >
                          {name}
                        </Link>
                        <p>{description}</p>
                      </li>
                    ))}
                  </ul>
                </Card>
              ))}
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
