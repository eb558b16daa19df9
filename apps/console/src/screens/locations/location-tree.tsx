/** Where assets can be, as a tree, with how many are there now. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, bodyOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Page } from '../../parts/page.tsx'
import { Pill } from '../../parts/pill.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { buildTree, countPresent, type Node } from './build-tree.ts'

type Location = Model<'Location'>

const pageSize = 200
/** 2,000 of a kind in ten requests, which a session may make in ten seconds. The page says when there are more. */
const rowsMax = 2_000

interface Answer<T> {
  readonly data: readonly T[]
  readonly total_count: number | null
}

async function allOf<T>(ask: (offset: number) => Promise<Answer<T>>) {
  const rows: T[] = []
  for (let offset = 0; offset < rowsMax; offset += pageSize) {
    const { data, total_count: total } = await ask(offset)
    rows.push(...data)
    if (rows.length >= (total ?? 0) || data.length === 0) return { rows, isAll: true }
  }
  return { rows, isAll: false }
}

export default function LocationTree() {
  const mayTrack = useMay('tracking:read')
  const places = useQuery({
    queryKey: ['locations', 'all'],
    queryFn: () =>
      allOf<Location>((offset) =>
        bodyOf(api.GET('/api/v1/locations', { params: { query: { limit: pageSize, offset } } })),
      ),
    staleTime: 60_000,
  })
  const assets = useQuery({
    queryKey: ['asset-places', 'all'],
    queryFn: () =>
      allOf((offset) =>
        bodyOf(
          api.GET('/api/v1/reports/asset-locations', { params: { query: { limit: pageSize, offset } } }),
        ),
      ),
    enabled: mayTrack,
    refetchInterval: 30_000,
  })
  const isCounted = assets.data?.isAll === true
  return (
    <Page title="Locations">
      <Loaded query={places} what="the locations">
        {({ rows, isAll }) => {
          if (rows.length === 0)
            return (
              <Empty title="No location yet">
                Locations are made with POST /api/v1/locations, or many at once with an import.
              </Empty>
            )
          const counts = isCounted ? countPresent(assets.data?.rows ?? []) : new Map<number, number>()
          return (
            <>
              {!isAll && (
                <p className="mb-3 text-warn">These are the first {rows.length.toLocaleString()}.</p>
              )}
              {assets.data?.isAll === false && (
                <p className="mb-3 text-muted">
                  There are more than {rowsMax.toLocaleString()} assets, too many to count here: each location
                  says how many are in it.
                </p>
              )}
              <Branches nodes={buildTree(rows, counts)} isCounted={isCounted} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

interface BranchesProps {
  readonly nodes: readonly Node<Location>[]
  readonly isCounted: boolean
}

function Branches({ nodes, isCounted }: BranchesProps) {
  return (
    <ul className="grid gap-1 border-line border-l-2 pl-4">
      {nodes.map((node) => (
        <li key={node.place.id}>
          <p className="flex min-h-8 flex-wrap items-center gap-2">
            <Link
              to="/locations/$locationId"
              params={{ locationId: String(node.place.id) }}
              className="min-w-0 break-words text-accent underline"
            >
              <bdi>{node.place.name}</bdi>
            </Link>
            {!node.place.is_active && <Pill tone="plain">Not active</Pill>}
            {isCounted && <span className="text-muted">{sayCounts(node)}</span>}
          </p>
          {node.children.length > 0 && <Branches nodes={node.children} isCounted={isCounted} />}
        </li>
      ))}
    </ul>
  )
}

function sayCounts({ here, within, children }: Node<Location>): string {
  const assets = within === 1 ? '1 asset' : `${within.toLocaleString()} assets`
  return children.length === 0 || here === within ? assets : `${assets}, ${here.toLocaleString()} right here`
}
