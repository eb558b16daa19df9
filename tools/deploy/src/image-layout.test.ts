import { expect, test } from 'vitest'
import { isInImage, stableSbom } from './image-layout.ts'

test.each([
  'package.json',
  'package-lock.json',
  'LICENSE',
  'services/api/src/main.ts',
  'services/api/package.json',
  'services/inspector/src/page.html',
  'packages/postgres/migrations/0001-ids.sql',
  'packages/schemas/src/avro/scan.avsc',
  'apps/console/dist/index.html',
  'apps/console/package.json',
  'deploy/docker/run-service',
])('in the image: %s', (path) => expect(isInImage(path)).toBe(true))

test.each([
  'README.md',
  '.env',
  'test/e2e/a.test.ts',
  'tools/stack/src/main.ts',
  'services/api/src/feed.pg.test.ts',
  'services/api/README.md',
  'packages/testkit/src/a.ts',
  'packages/config/tsconfig.json',
  'apps/console/src/main.tsx',
  'packages/a/node_modules/b/index.js',
  'packages/a/.turbo/turbo-types.log',
  'deploy/helm/scanhook/values.yaml',
])('not in the image: %s', (path) => expect(isInImage(path)).toBe(false))

test('a bill of materials does not depend on when and where it was written', () => {
  const bill = (serialNumber: string, timestamp: string, name: string) =>
    stableSbom({
      serialNumber,
      components: [1],
      metadata: { timestamp, tools: ['npm'], component: { name, version: '1' } },
    })
  expect(bill('a', '1', 'x')).toEqual(bill('b', '2', 'y'))
  expect(bill('a', '1', 'x')).toEqual({
    components: [1],
    metadata: { tools: ['npm'], component: { name: 'scanhook', version: '1' } },
  })
})
