/** What the audit log asks the API for. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { pageByCursor, pageRowsMax } from '../../api/list-pages.ts'
import { useListPages } from '../../api/use-list-pages.ts'
import { actorWords, kindWords } from './say-entry.ts'

export interface AuditFilter {
  readonly kind: string
  readonly actor: string
  readonly from: string
  readonly to: string
  readonly operation: string
  readonly resource: string
  readonly actorId: string
  readonly request: string
}

type Entry = Model<'AuditEntry'>

export function useAuditLog(filter: AuditFilter) {
  return useListPages<Entry>({
    queryKey: ['audit-log', filter],
    ask: async (place) =>
      pageByCursor(await bodyOf(api.GET('/api/v1/audit-log', { params: { query: queryOf(filter, place) } }))),
  })
}

function queryOf(filter: AuditFilter, cursor: string | null) {
  const kind = kindWords.find(([name]) => name === filter.kind)?.[0]
  const actor = actorWords.find(([name]) => name === filter.actor)?.[0]
  return {
    limit: pageRowsMax,
    ...(cursor === null ? {} : { cursor }),
    ...(kind === undefined ? {} : { resource_kind: [kind] }),
    ...(actor === undefined ? {} : { actor_kind: [actor] }),
    // As it stands in the address: the API says what is wrong with one that it does not know.
    ...(filter.operation === '' ? {} : { operation: [filter.operation as Entry['operation']] }),
    ...(filter.resource === '' ? {} : { resource_id: [filter.resource] }),
    ...(filter.actorId === '' ? {} : { actor_id: [Number(filter.actorId)] }),
    ...(filter.request === '' ? {} : { request_id: [filter.request] }),
    ...(filter.from === '' ? {} : { from: filter.from }),
    ...(filter.to === '' ? {} : { to: filter.to }),
  }
}

/** Names of the keys that there are; those of revoked ones are not kept. */
export function useKeyNames(): ReadonlyMap<number, string> {
  const { data = [] } = useQuery({
    queryKey: ['api-keys', 'names'],
    queryFn: () => dataOf(api.GET('/api/v1/api-keys', { params: { query: { limit: pageRowsMax } } })),
    staleTime: 60_000,
  })
  return new Map(data.map(({ id, name }) => [id, name]))
}
