/** What is asked for about what failed, and what is sent again. */
import { useQuery } from '@tanstack/react-query'
import { api, bodyOf, dataOf, type Model } from '../../api/api.ts'
import { pageByOffset, pageRowsMax } from '../../api/list-pages.ts'
import { describeJob } from './describe-job.ts'
import { lastDays } from './sum-totals.ts'

/** Days that the chart looks back. */
export const totalsDays = 14
/** 1,000 rows: two days of 500 endpoints. */
const usagePagesMax = 5

export function useTotals() {
  return useQuery({
    queryKey: ['recovery', 'totals'],
    queryFn: async () => {
      const days = lastDays(Date.now(), totalsDays)
      const query = { limit: pageRowsMax, ...(days[0] === undefined ? {} : { from: days[0] }) }
      return { days, rows: await dataOf(api.GET('/api/v1/usage/totals', { params: { query } })) }
    },
    refetchInterval: 60_000,
  })
}

/** By endpoint, of yesterday and today. */
export function useRecentUsage() {
  return useQuery({
    queryKey: ['recovery', 'usage'],
    queryFn: async () => {
      const [from] = lastDays(Date.now(), 2)
      const rows: Model<'Usage'>[] = []
      for (let page = 0; page < usagePagesMax; page += 1) {
        const query = { limit: pageRowsMax, offset: rows.length, ...(from === undefined ? {} : { from }) }
        const { rows: more, next } = pageByOffset(
          await bodyOf(api.GET('/api/v1/usage', { params: { query } })),
        )
        rows.push(...more)
        if (next === null) return { rows, isCut: false }
      }
      return { rows, isCut: true }
    },
    refetchInterval: 60_000,
  })
}

/** Endpoints by id, so that figures have names. At most 200; others keep their number. */
export function useEndpoints() {
  return useQuery({
    queryKey: ['recovery', 'webhooks'],
    queryFn: () => dataOf(api.GET('/api/v1/webhooks', { params: { query: { limit: pageRowsMax } } })),
    refetchInterval: 30_000,
  })
}

/** The deliveries that ended last without being delivered, and how many there are; counting stops at 10,000. */
export function useDead() {
  return useQuery({
    queryKey: ['deliveries', 'recovery-dead'],
    queryFn: async () => {
      const query = { limit: 20, state: ['dead' as const], sort: '-last_attempt_at' }
      const { data, total_count: total } = await bodyOf(api.GET('/api/v1/deliveries', { params: { query } }))
      return { rows: data, total: total ?? data.length }
    },
    refetchInterval: 30_000,
  })
}

/** Often while one is under way. */
export function useJobs() {
  return useQuery({
    queryKey: ['jobs'],
    queryFn: () => dataOf(api.GET('/api/v1/jobs', { params: { query: { limit: 20 } } })),
    refetchInterval: ({ state: { data = [] } }) =>
      data.some((job) => !describeJob(job).isOver) ? 3_000 : 30_000,
  })
}
