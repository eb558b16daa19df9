import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntil } from '../harness/wait-until.ts'
import { type Sink, startSink } from './start-sink.ts'

let sink: Sink
beforeAll(async () => {
  sink = await startSink()
})
afterAll(() => sink.close())

function post(path: string, id: string, body: object = {}): Promise<Response> {
  return fetch(sink.urlOf(path), {
    method: 'POST',
    headers: { 'webhook-id': id },
    body: JSON.stringify(body),
  })
}

test('a delivery counts once for its path, and in its group alone', async () => {
  for (const [path, id] of [
    ['/once/1', 'a'],
    ['/once/1', 'a'],
    ['/once/2', 'a'],
    ['/other/1', 'a'],
  ] as const)
    expect((await post(path, id)).status).toBe(200)
  expect(await sink.counts('once')).toEqual({ count: 2, requests: 3, repeats: 1, refused: 0 })
  const { ids, paths, atMs } = await sink.arrivals('once', 1)
  expect({ ids, paths }).toEqual({ ids: ['a'], paths: ['/once/2'] })
  expect(Math.abs((atMs[0] ?? 0) - Date.now())).toBeLessThan(60_000)
  await sink.forget('once')
  expect((await sink.counts('once')).count).toBe(0)
})

test('what is refused is no arrival, until the path is well again', async () => {
  await sink.answer('/ill/1', 'fail')
  expect((await post('/ill/1', 'a')).status).toBe(503)
  expect((await post('/ill/2', 'a')).status).toBe(200)
  expect(await sink.counts('ill')).toEqual({ count: 1, requests: 2, repeats: 0, refused: 1 })
  await sink.answer('/ill/1', 'ok')
  expect((await post('/ill/1', 'a')).status).toBe(200)
  expect((await sink.counts('ill')).count).toBe(2)
})

test('what hangs is no arrival and is let go when the path is well again', async () => {
  await sink.answer('/stuck/1', 'hang')
  const stuck = post('/stuck/1', 'a')
  await waitUntil('it has come', async () => (await sink.counts('stuck')).requests === 1)
  expect((await post('/stuck/2', 'a')).status).toBe(200)
  await sink.answer('/stuck/1', 'ok')
  expect((await stuck).status).toBe(200)
  expect((await sink.counts('stuck')).count).toBe(1)
})

test('a batch is as many arrivals as it has events', async () => {
  const events = ['a', 'b', 'c'].map((id) => ({ id, delivery_id: `d-${id}`, payload: {} }))
  await post('/batch-1/1', 'batch', { id: 'batch', type: 'batch', events })
  await post('/batch-1/1', 'd', { id: 'd', type: 'shipment.approved' })
  expect(await sink.counts('batch-1')).toEqual({ count: 4, requests: 2, repeats: 0, refused: 0 })
  expect((await sink.arrivals('batch-1')).ids).toEqual(['a', 'b', 'c', 'd'])
})
