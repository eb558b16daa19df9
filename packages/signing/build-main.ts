/**
 * `npm run build`: makes the folder that is published. Node runs our TypeScript directly, but not below node_modules,
 * so strangers get plain JavaScript, declarations, and a manifest that names these; the one beside this file names the
 * sources, for this repository. An argument says where the folder shall be; `dist` otherwise.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What strangers may import. The other files are how it is done. */
const entries = [
  'sign',
  'verify',
  'explain',
  'secret',
  'signing-key',
  'header-prefix',
  'signing-profile',
  'seal',
]

interface Manifest {
  readonly exports: unknown
  readonly private: unknown
  readonly scripts: unknown
  readonly devDependencies: unknown
}

const home = import.meta.dirname
const into = resolve(process.argv[2] ?? join(home, 'dist'))
rmSync(into, { recursive: true, force: true })
mkdirSync(into, { recursive: true })
execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', into], { cwd: home, stdio: 'inherit' })

// tsc rewrites './x.ts' in JavaScript alone; compilers before 5.0 know no such name in a declaration.
for (const name of readdirSync(into).filter((each) => each.endsWith('.d.ts'))) {
  const text = readFileSync(join(into, name), 'utf8')
  writeFileSync(join(into, name), text.replace(/(from '\.\/[a-z-]+)\.ts'/g, "$1.js'"))
}

const manifest: Manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
const { exports: _sources, private: _guard, scripts: _scripts, devDependencies: _tests, ...said } = manifest
const published = {
  ...said,
  files: ['*.js', '*.d.ts'],
  exports: Object.fromEntries(
    entries.map((name) => [`./${name}`, { types: `./${name}.d.ts`, default: `./${name}.js` }]),
  ),
}
writeFileSync(join(into, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
copyFileSync(join(home, 'README.md'), join(into, 'README.md'))
copyFileSync(join(home, '../../LICENSE'), join(into, 'LICENSE'))
