/** The build itself, made anew in a temporary folder: how much comes over the line until the first screen stands. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

/** Issue 9: what a slow mobile connection (1.6 Mbit/s) brings in a second. */
const scriptMaxBytes = 200_000
/** The same connection in a quarter of a second, which is when a wait begins to be one. */
const screenMaxBytes = 50_000

let folder = ''
let manifest: Readonly<Record<string, Chunk>> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-'))
  const root = join(import.meta.dirname, '..')
  // Vitest's own is `test`, with which React's development build would be measured: 70 KB more than anybody loads.
  vi.stubEnv('NODE_ENV', 'production')
  await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))
}, 120_000)
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** A chunk and everything that it needs before it runs. */
function filesOf(name: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  const chunk = manifest[name]
  if (chunk === undefined) throw new Error(`the manifest has no ${name}`)
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const file of chunk.css ?? []) seen.add(file)
  for (const imported of chunk.imports ?? []) filesOf(imported, seen)
  return seen
}

function scriptBytes(files: ReadonlySet<string>): number {
  return [...files]
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
}

test('the first load of every screen is at most 200 KB of compressed script, and a step to another a small part of it', () => {
  const screens = Object.keys(manifest).filter((name) => name.startsWith('src/screens/'))
  expect(screens.length).toBeGreaterThan(2)
  const shellBytes = scriptBytes(filesOf('index.html'))
  for (const screen of screens) {
    const bytes = scriptBytes(filesOf(screen, new Set(filesOf('index.html'))))
    expect(bytes, screen).toBeLessThan(scriptMaxBytes)
    expect(bytes - shellBytes, screen).toBeLessThan(screenMaxBytes)
  }
})

test('the page has no inline script or style, and names nothing from elsewhere', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=/)
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
  expect(addresses.length).toBeGreaterThan(2)
  for (const address of addresses) expect(address).toMatch(/^\/console\//)
  const styles = readdirSync(join(folder, 'static')).filter((name) => name.endsWith('.css'))
  for (const name of styles)
    expect(readFileSync(join(folder, 'static', name), 'utf8')).not.toMatch(/url\(|@import/)
})
