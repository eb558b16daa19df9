import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

test('a process without settings names every one that it needs, and ends with 2', async () => {
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'loud', API_PORT: '99999' }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((done) => {
    execFile(
      process.execPath,
      [resolve(import.meta.dirname, 'main.ts')],
      { env },
      (error, _stdout, stderr) => {
        done({ code: error?.code, stderr })
      },
    )
  })
  expect(code).toBe(2)
  expect(stderr).toContain("scanhook can't start: ")
  for (const name of [
    'KAFKA_BROKERS',
    'REGISTRY_URL',
    'POSTGRES_URL',
    'SECRET_KEYS',
    'API_PORT',
    'LOG_LEVEL',
  ]) {
    expect(stderr.match(new RegExp(`^ {2}${name} `, 'gm')), name).toHaveLength(1)
  }
}, 20_000)
