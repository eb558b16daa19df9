/**
 * `npm run bundle -w @scanhook/cli`: one file that Node 20 and newer runs without anything beside it. An argument says where it
 * shall be; `dist/scanhook.mjs` otherwise.
 */
import { chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const home = import.meta.dirname
const outfile = resolve(process.argv[2] ?? join(home, 'dist/scanhook.mjs'))
await build({
  entryPoints: [join(home, 'src/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'inline',
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
