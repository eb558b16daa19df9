/**
 * The least that a signed webhook costs: sign with HMAC-SHA256, POST with undici over kept-alive connections, read the
 * answer. The yardstick for our CPU per delivery, measured in the same run. Arguments: url, count, concurrency.
 */
import { createHmac, randomUUID } from 'node:crypto'
import { Pool } from 'undici'

const [url = '', countText = '0', concurrencyText = '64'] = process.argv.slice(2)
const target = new URL(url)
const pool = new Pool(target.origin, { connections: Number(concurrencyText), pipelining: 1 })
const key = Buffer.alloc(32, 7)
const body = JSON.stringify({ id: 'x', type: 'shipment.approved', data: { padding: 'p'.repeat(420) } })
let waiting = Number(countText)

async function post(): Promise<void> {
  const id = randomUUID()
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  const { body: answer } = await pool.request({
    method: 'POST',
    path: target.pathname,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  })
  await answer.text()
}

async function worker(): Promise<void> {
  while (waiting > 0) {
    waiting -= 1
    await post()
  }
}

const startedAtMs = performance.now()
const startedCpu = process.cpuUsage()
await Promise.all(Array.from({ length: Number(concurrencyText) }, worker))
const cpu = process.cpuUsage(startedCpu)
const seconds = (performance.now() - startedAtMs) / 1000
await pool.close()
process.stdout.write(
  `${JSON.stringify({ perSecond: Number(countText) / seconds, cpuMicrosPerPost: (cpu.user + cpu.system) / Number(countText) })}\n`,
)
