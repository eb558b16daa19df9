/** The requests of a listener in this page: each is answered at once, judged, and kept for as long as the page is there. */
import { useEffect, useRef, useState } from 'react'
import { api, dataOf } from '../../api/api.ts'
import { followRequests } from './follow-requests.ts'
import { type Arrived, type Judgement, judgeRequest } from './judge-request.ts'

export interface Arrival {
  readonly request: Arrived
  readonly judgement: Judgement
  /** What it was answered with; null: the answer came too late or not at all, and the sender tries again. */
  readonly status: number | null
}

export interface Arrivals {
  /** The newest first. */
  readonly arrivals: readonly Arrival[]
  readonly isConnected: boolean
  /** Why nothing comes any more; null while it does. */
  readonly gone: unknown
}

/** The page keeps so many; the log of deliveries has all. */
const shownMax = 100

/** `secret`: as the API shows it once. `status`: what arrives from now on is answered with. */
export function useArrivals(webhookId: number, secret: string, status: number): Arrivals {
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([])
  const [isConnected, setConnected] = useState(false)
  const [gone, setGone] = useState<unknown>(null)
  const statusNow = useRef(status)
  statusNow.current = status
  useEffect(() => {
    const stop = new AbortController()
    const onRequest = (request: Arrived): void => {
      const answered = statusNow.current
      void Promise.all([
        judgeRequest(request, secret, Date.now()),
        answer(webhookId, request, answered),
      ]).then(([judgement, isTaken]) =>
        setArrivals((all) =>
          [{ request, judgement, status: isTaken ? answered : null }, ...all].slice(0, shownMax),
        ),
      )
    }
    followRequests(webhookId, { onRequest, onConnected: setConnected }, stop.signal).catch(setGone)
    return () => stop.abort()
  }, [webhookId, secret])
  return { arrivals, isConnected, gone }
}

/** Whether somebody still waited for it: late or lost answers are tried again by the sender, as with any receiver. */
async function answer(webhookId: number, { request_id: id }: Arrived, status: number): Promise<boolean> {
  const asked = api.POST('/api/v1/listeners/{webhook_id}/answers', {
    params: { path: { webhook_id: webhookId } },
    body: { answers: [{ request_id: id, status }] },
  })
  return dataOf(asked).then(
    ({ late }) => late.length === 0,
    () => false,
  )
}
