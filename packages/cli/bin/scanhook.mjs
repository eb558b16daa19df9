#!/usr/bin/env node
// Runs the sources; where they can not be run (Node below 24), the bundle that `npm run bundle` makes.
import { existsSync } from 'node:fs'

const bundle = new URL('../dist/scanhook.mjs', import.meta.url)
const canRunTypeScript = Number(process.versions.node.split('.')[0]) >= 24
if (canRunTypeScript) await import(new URL('../src/main.ts', import.meta.url))
else if (existsSync(bundle)) await import(bundle)
else {
  process.stderr.write('Node 24 or newer runs this; for Node 20: npm run bundle -w @scanhook/cli\n')
  process.exitCode = 1
}
