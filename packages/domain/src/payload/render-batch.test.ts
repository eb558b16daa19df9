import { expect, test } from 'vitest'
import { renderBatch } from './render-batch.ts'

test('B1: each payload is byte for byte the body that it would have alone', () => {
  const bodies = ['{"id":"e1", "data": {"n": 1.0}}', '{"event":"a\\u00e9"}']
  const text = renderBatch(
    'b',
    bodies.map((body, index) => ({ eventId: `e${index}`, deliveryId: `d"${index}`, body })),
  )
  for (const body of bodies) expect(text).toContain(`"payload":${body}}`)
  expect(JSON.parse(text)).toEqual({
    id: 'b',
    type: 'batch',
    events: bodies.map((body, index) => ({
      id: `e${index}`,
      delivery_id: `d"${index}`,
      payload: JSON.parse(body),
    })),
  })
})
