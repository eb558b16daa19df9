/**
 * What strangers get: the folder that is published, packed by npm, installed outside the workspace where there is no
 * other package, and used from plain JavaScript and from TypeScript. Nothing is fetched: it has no dependencies.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const home = resolve(import.meta.dirname, '..')
const root = resolve(home, '../..')
const temporary = mkdtempSync(join(tmpdir(), 'signing-published-'))
const stranger = join(temporary, 'stranger')
const installed = join(stranger, 'node_modules/@scanhook/signing')

const run = (cwd: string, file: string, args: readonly string[]): string =>
  execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

// Compiling, packing and installing take 3 s on an idle machine; the deadline only ends a broken run.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

beforeAll(() => {
  const built = join(temporary, 'dist')
  run(home, process.execPath, ['build-main.ts', built])
  const npm = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const tarball = run(built, 'npm', ['pack', '--pack-destination', temporary, ...npm]).trim()
  mkdirSync(stranger)
  writeFileSync(join(stranger, 'package.json'), '{"private":true,"type":"module"}')
  run(stranger, 'npm', ['install', join(temporary, tarball), ...npm])
})

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true })
})

test('the tarball holds JavaScript, declarations, licence and README, and neither sources nor tests', () => {
  const names = readdirSync(installed)
  expect(names).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'sign.js', 'sign.d.ts']),
  )
  expect(
    names.filter((name) => !/^(LICENSE|README\.md|package\.json|[a-z-]+\.(js|d\.ts))$/.test(name)),
  ).toEqual([])
  for (const name of names.filter((each) => /\.(js|d\.ts)$/.test(each))) {
    expect(readFileSync(join(installed, name), 'utf8')).not.toMatch(/from '(@scanhook|\.[^']*\.ts')/)
  }
})

test('its manifest is one that may be published: no guard, no dependencies, an engine, and every export is there', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({
    name: '@scanhook/signing',
    license: 'Apache-2.0',
    engines: { node: '>=20' },
  })
  for (const key of ['private', 'dependencies', 'devDependencies', 'scripts'])
    expect(manifest).not.toHaveProperty(key)
  const files = Object.values<Record<string, string>>(manifest.exports).flatMap((each) => Object.values(each))
  expect(files).toHaveLength(16)
  for (const file of files) expect(readdirSync(installed)).toContain(file.slice(2))
})

test('plain JavaScript with no other package signs and verifies: each profile, both kinds of keys, and the published vector', () => {
  const vectors = join(root, 'test/vectors/signing')
  const published = readFileSync(join(vectors, 'standard-ed25519.json'), 'utf8')
  const program = `
    import { signHeaders } from '@scanhook/signing/sign'
    import { verify } from '@scanhook/signing/verify'
    import { newSecret } from '@scanhook/signing/secret'
    import { newSigningKey } from '@scanhook/signing/signing-key'
    const shared = newSecret(), pair = newSigningKey(), body = '{"name":"Süd"}'
    const verdicts = []
    for (const profile of ['standard', 'trakrf', 'trackberry']) {
      const headers = signHeaders({ profile, messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved',
        timestampS: 1000, body, secrets: [pair.privateKey, shared], headerPrefix: 'Acme' })
      const received = { headers, body, nowS: 1000, toleranceS: 300, headerPrefix: 'Acme' }
      verdicts.push(verify({ ...received, profile, secrets: [shared] }).ok)
      verdicts.push(verify({ ...received, profile: 'standard', secrets: [pair.publicKey] }).ok)
      verdicts.push(verify({ ...received, profile, secrets: [shared], body: body + ' ' }).ok)
    }
    const vector = ${published}
    const headers = signHeaders(vector.message)
    console.log(JSON.stringify({ verdicts, headers, where: import.meta.resolve('@scanhook/signing/sign') }))
  `
  writeFileSync(join(stranger, 'use.js'), program)
  const said = JSON.parse(run(stranger, process.execPath, ['use.js']))
  expect(said.verdicts).toEqual([true, true, false, true, true, false, true, true, false])
  expect(said.headers).toEqual(JSON.parse(published).headers)
  expect(said.where).toContain('/stranger/node_modules/@scanhook/signing/sign.js')
  expect(readdirSync(join(stranger, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    '@scanhook',
  ])
  expect(readdirSync(join(stranger, 'node_modules/@scanhook'))).toEqual(['signing'])
})

test('TypeScript sees its types, without the types of Node, and refuses a wrong use', () => {
  const right = `
    import { type Message, signHeaders } from '@scanhook/signing/sign'
    import { type Verified, verify } from '@scanhook/signing/verify'
    import { isSecret, maskSecret, newSecret } from '@scanhook/signing/secret'
    import { newSigningKey, publicKeyOf } from '@scanhook/signing/signing-key'
    import { isHeaderPrefix } from '@scanhook/signing/header-prefix'
    import { openKeyRing, SealError } from '@scanhook/signing/seal'
    import type { SigningProfile } from '@scanhook/signing/signing-profile'
    const profile: SigningProfile = 'trakrf'
    const { privateKey } = newSigningKey()
    const message: Message = { profile, messageId: 'm', deliveryId: 'd', eventType: 'e', timestampS: 1, body: '',
      secrets: [newSecret(), privateKey] }
    const headers: Record<string, string> = signHeaders(message)
    export const verified: Verified = verify({ profile, headers, body: '', secrets: [], nowS: 1, toleranceS: 1 })
    export const rest = [isSecret('x'), maskSecret('x'), publicKeyOf(privateKey), isHeaderPrefix('Acme'), openKeyRing, SealError]
  `
  writeFileSync(join(stranger, 'right.ts'), right)
  writeFileSync(join(stranger, 'wrong.ts'), right.replace(`'trakrf'`, `'other'`))
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022']
  const tsc = join(root, 'node_modules/.bin/tsc')
  run(stranger, tsc, [...options, '--types', '', 'right.ts'])
  expect(() => run(stranger, tsc, [...options, '--types', '', 'wrong.ts'])).toThrow()
})
