/** The built console as it lies in a folder, read once at start: some hundred files and less than 2 MB. */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'

export interface ConsoleFile {
  readonly contentType: string
  readonly content: Buffer
}

/** What Vite writes; anything else in the folder is not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** By path in the folder, with forward slashes. Empty when there is no such folder. */
export function readConsoleFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>()
  for (const path of namesIn(folder)) {
    const contentType = contentTypes[extname(path)]
    if (contentType === undefined) continue
    files.set(path.split(sep).join('/'), { contentType, content: readFileSync(join(folder, path)) })
  }
  return files
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
