/** What the operator's view asks the API for. The API keeps each answer for some seconds, so several who look cost no more than one. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, dataOf, type Model } from '../../api/api.ts'
import { pagesOf } from '../../api/use-list-pages.ts'
import { sharedPrefix } from './describe-pipeline.ts'

export type PoisonReason = NonNullable<PoisonQuery['reason']>[number]
interface PoisonQuery {
  readonly reason?: (
    | 'null_value'
    | 'bad_magic'
    | 'unknown_schema'
    | 'undecodable'
    | 'too_large'
    | 'invalid_json'
    | 'invalid_field'
    | 'unknown_organization'
    | 'timestamp_out_of_range'
  )[]
  readonly service?: string[]
  readonly before?: string
}

const everyMs = 10_000
/** Those change slower. */
const rarelyMs = 30_000

const pipelineQuery = {
  queryKey: ['operator', 'pipeline'],
  queryFn: () => dataOf(api.GET('/api/v1/operator/pipeline')),
} as const

export function usePipeline() {
  return useQuery({ ...pipelineQuery, refetchInterval: everyMs })
}

/** What the names of this installation's groups and topics begin with; empty while that is not known. */
export function usePrefix(): string {
  // Asks for nothing by itself: who shows the pipeline does.
  const { data } = useQuery({
    ...pipelineQuery,
    select: ({ groups }) => sharedPrefix(groups.map(({ group }) => group)),
  })
  return data ?? ''
}

export function useThroughput() {
  return useQuery({
    queryKey: ['operator', 'throughput'],
    queryFn: () => dataOf(api.GET('/api/v1/operator/throughput')),
    refetchInterval: everyMs,
  })
}

export function useBreakers() {
  return useQuery({
    queryKey: ['operator', 'breakers'],
    queryFn: () => dataOf(api.GET('/api/v1/operator/breakers')),
    refetchInterval: everyMs,
  })
}

export function useTenants() {
  return useQuery({
    queryKey: ['operator', 'tenants'],
    queryFn: () => dataOf(api.GET('/api/v1/operator/tenants')),
    refetchInterval: rarelyMs,
  })
}

export function useSubjects() {
  return useQuery({
    queryKey: ['operator', 'subjects'],
    queryFn: () => dataOf(api.GET('/api/v1/operator/subjects')),
    refetchInterval: 60_000,
  })
}

export const poisonKey = ['operator', 'poison'] as const

/** The newest of all reasons: for the sentence at the top. */
export function useNewestPoison() {
  return useQuery({
    queryKey: [...poisonKey, 'newest'],
    queryFn: () => dataOf(api.GET('/api/v1/operator/poison')),
    refetchInterval: rarelyMs,
  })
}

/** Page by page, newest first. */
export function usePoison(reason: string, service: string) {
  return useInfiniteQuery({
    queryKey: [...poisonKey, 'list', reason, service],
    queryFn: ({ pageParam }): Promise<Model<'PoisonPage'>> => {
      const query: PoisonQuery = {
        ...(reason === '' ? {} : { reason: [reason as PoisonReason] }),
        ...(service === '' ? {} : { service: [service] }),
        ...(pageParam === null ? {} : { before: pageParam }),
      }
      return dataOf(api.GET('/api/v1/operator/poison', { params: { query } }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_before: next }) => next,
    // As the sentence at the top, which leads here.
    refetchInterval: ({ state }) => rarelyMs * pagesOf(state.data),
  })
}
