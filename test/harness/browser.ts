/**
 * A Chromium that a fresh machine can have without root: the one that npm's @sparticuz/chromium carries in its package, with the
 * libraries that a small machine lacks. Fetched once (70 MB), held against its digest, unpacked into the cache of tools/stack.
 *
 * Invariants
 *   O2. A browser under its final name is complete: it is unpacked under another name and renamed.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import { findPlaces } from '@scanhook/stack/places'
import { type Browser, chromium } from 'playwright-core'

const run = promisify(execFile)

const version = '153.0.0'
const integrity =
  'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=='
/** 70 MB at 4 Mbit/s; a registry that has not given it by then is not reached. */
const fetchTimeoutMs = 150_000

/** `browser`, or the reason why there is none. */
export type Provided =
  | { readonly browser: Browser; readonly whyNot: null }
  | { readonly browser: null; readonly whyNot: string }

export async function provideBrowser(): Promise<Provided> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { browser: null, whyNot: 'the Chromium of npm is for Linux on x64' }
  try {
    const folder = await unpacked()
    const browser = await chromium.launch({
      executablePath: join(folder, 'chromium'),
      // Containers and root have no sandbox of their own to give; the pages are ours.
      args: ['--headless=shell', '--no-sandbox', '--disable-gpu'],
      env: { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib'), HOME: folder },
    })
    return { browser, whyNot: null }
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    return { browser: null, whyNot: `Chromium could not be had: ${line}` }
  }
}

async function unpacked(): Promise<string> {
  const { cacheDir } = findPlaces(process.env)
  const folder = join(cacheDir, `chromium-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(cacheDir, { recursive: true })
  const draft = mkdtempSync(`${folder}.draft-`)
  try {
    await run('npm', ['pack', '--silent', `@sparticuz/chromium@${version}`, '--pack-destination', draft], {
      timeout: fetchTimeoutMs,
    })
    const packed = join(draft, `sparticuz-chromium-${version}.tgz`)
    const digest = `sha512-${createHash('sha512').update(readFileSync(packed)).digest('base64')}`
    if (digest !== integrity) throw new Error('the package is not the one that was pinned')
    await run('tar', ['-xzf', packed, '-C', draft])
    const bin = join(draft, 'package/bin')
    const plain = (name: string): Buffer => brotliDecompressSync(readFileSync(join(bin, name)))
    writeFileSync(join(draft, 'chromium'), plain('chromium.br'), { mode: 0o755 })
    for (const name of ['al2023.tar', 'fonts.tar']) {
      writeFileSync(join(draft, name), plain(`${name}.br`))
      await run('tar', ['-xf', join(draft, name), '-C', draft])
    }
    rmSync(join(draft, 'package'), { recursive: true })
    rmSync(packed)
    renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}
