#!/usr/bin/env node
// Runs the sources; where they can not be run (Node below 24), the bundle that `npm run bundle` makes.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const bundle = new URL('../dist/scanhook.mjs', import.meta.url)
const canRunTypeScript = Number(process.versions.node.split('.')[0]) >= 24
// Without it every start strips the types of some fifty files again: a second instead of a tenth. Not in /tmp: whoever can write
// there could say what runs here.
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
module.enableCompileCache?.(join(cache, 'scanhook', 'compiled'))
if (canRunTypeScript) await import(new URL('../src/main.ts', import.meta.url))
else if (existsSync(bundle)) await import(bundle)
else {
  process.stderr.write('Node 24 or newer runs this; for Node 20: npm run bundle -w @scanhook/cli\n')
  process.exitCode = 1
}
