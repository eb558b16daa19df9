/**
 * The snippets that the console shows, as they are shown, run by their languages: each accepts what we sign, and refuses what we
 * did not. The libraries for Ruby, C# and PHP are in registries that are not reached: those snippets are skipped, and the console says so.
 * For Elixir there is none that could be shown: the official one writes the body anew before it verifies it.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { newSecret } from '@scanhook/signing/secret'
import { signHeaders } from '@scanhook/signing/sign'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  type CsharpCompiler,
  type Interpreter,
  provideCsharp,
  provideElixir,
  provideGo,
  provideJava,
  providePhp,
  providePython,
  provideRuby,
  provideRust,
  type RustCompiler,
} from '../harness/other-languages.ts'
import { root } from '../harness/service-process.ts'

// The first run on a machine fetches wheels, jars and modules, and Go compiles its library; the deadline only ends a broken run.
vi.setConfig({ hookTimeout: 600_000, testTimeout: 300_000 })

const vectors = join(root, 'test/vectors/signing')
const drivers = join(vectors, 'drivers')
const snippets = join(root, 'apps/console/src/snippets')
/** By what would have to be reached. */
const notRun = { RubyGems: 'ruby/library.rb', NuGet: 'csharp/library.cs', Packagist: 'php/library.php' }

interface Case {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly secret: string
}

const secret = newSecret()
const older = newSecret()
const body = '{"type":"asset.moved","data":{"name":"Süd 7 🚜"}}'

function signedAt(timestampS: number, secrets: readonly string[] = [secret]): Case['headers'] {
  const ids = { messageId: 'msg-1', deliveryId: 'dlv-1', eventType: 'asset.moved' }
  const signed = signHeaders({ ...ids, profile: 'standard', timestampS, body, secrets })
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]))
}

/**
 * Signed at the moment of asking: to fetch and build what the languages need takes minutes on a fresh machine. The tolerance is 5 minutes; 15
 * are refused however long a program takes, and 2 before now are taken unless it takes 3.
 */
function casesAt(nowS: number): readonly (Case & { readonly holds: boolean })[] {
  return [
    { headers: signedAt(nowS), body, secret, holds: true },
    { headers: signedAt(nowS - 120), body, secret, holds: true },
    { headers: signedAt(nowS, [newSecret(), secret, older]), body, secret, holds: true },
    { headers: signedAt(nowS, [secret, older]), body, secret: older, holds: true },
    { headers: signedAt(nowS), body: `${body} `, secret, holds: false },
    { headers: signedAt(nowS), body, secret: older, holds: false },
    { headers: signedAt(nowS - 900), body, secret, holds: false },
    { headers: signedAt(nowS + 900), body, secret, holds: false },
    { headers: { ...signedAt(nowS), 'webhook-id': 'msg-2' }, body, secret, holds: false },
    { headers: { ...signedAt(nowS), 'webhook-signature': 'v1,' }, body, secret, holds: false },
  ]
}

const casesNow = (): ReturnType<typeof casesAt> => casesAt(Math.floor(Date.now() / 1000))

let java: Interpreter
let python: Interpreter
let ruby: Interpreter
let go: Interpreter
let php: Interpreter
let csharp: CsharpCompiler
let elixir: Interpreter
let rust: RustCompiler
let temporary = ''

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'snippets-'))
  python = await providePython(join(vectors, 'requirements.txt'))
  ruby = await provideRuby()
  java = await provideJava(join(drivers, 'pom.xml'))
  go = await provideGo(drivers)
  php = await providePhp()
  csharp = await provideCsharp()
  elixir = await provideElixir()
  rust = await provideRust(join(drivers, 'rust'))
  for (const { whyNot } of [java, python, ruby, go, php, csharp, elixir, rust])
    if (whyNot !== null) console.warn(`skipped: ${whyNot}`)
})
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

type Skip = (note?: string) => never

function commandOf(interpreter: Interpreter, skip: Skip): readonly string[] {
  return interpreter.whyNot === null ? interpreter.command : skip(interpreter.whyNot)
}

/** Standard output of a command that ends well. */
function run(
  [file = '', ...args]: readonly string[],
  input: string,
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  const { status, stdout, stderr } = spawnSync(file, args, {
    ...{ input, cwd, encoding: 'utf8' },
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`)
  return stdout
}

const asJson = (): string =>
  casesNow()
    .map((each) => `${JSON.stringify(each)}\n`)
    .join('')
/** For what has no JSON of its own: id, timestamp, signature, body in Base64 and secret, with tabs between them. */
const asTabs = (): string =>
  casesNow()
    .map(({ headers, body: text, secret: key }) =>
      [
        ...['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]),
        ...[Buffer.from(text).toString('base64'), `${key}\n`],
      ].join('\t'),
    )
    .join('')

function expectRight(said: string): void {
  const verdicts = said.trim().split('\n')
  expect(verdicts.map((line) => line === 'yes')).toEqual(casesAt(0).map(({ holds }) => holds))
}

test('every snippet that is shown is run here, or said not to be', () => {
  const shown = readdirSync(snippets, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\/(library|raw)\./.test(name),
  )
  const ran = ['node', 'python', 'go', 'java', 'rust'].flatMap((language) => {
    const ending = { node: 'mjs', python: 'py', go: 'go', java: 'java', rust: 'rs' }[language]
    return [`${language}/library.${ending}`, `${language}/raw.${ending}`]
  })
  const alone = ['ruby/raw.rb', 'php/raw.php', 'csharp/raw.cs', 'elixir/raw.exs']
  expect(shown.toSorted()).toEqual([...ran, ...alone, ...Object.values(notRun)].toSorted())
})

test.each(['library', 'raw'])('Node, %s', (kind) => {
  const driver = join(drivers, 'driver.mjs')
  expectRight(run([process.execPath, driver, join(snippets, `node/${kind}.mjs`)], asJson()))
})

test.for(['library', 'raw'])('Python, %s', (kind, { skip }) => {
  const command = commandOf(python, skip)
  expectRight(run([...command, join(drivers, 'driver.py'), join(snippets, `python/${kind}.py`)], asJson()))
})

test('Ruby, raw', ({ skip }) => {
  expectRight(
    run([...commandOf(ruby, skip), join(drivers, 'driver.rb'), join(snippets, 'ruby/raw.rb')], asJson()),
  )
})

test.for(['library', 'raw'])('Go, %s', (kind, { skip }) => {
  const [command = ''] = commandOf(go, skip)
  const folder = mkdtempSync(join(temporary, 'go-'))
  for (const name of ['go.mod', 'go.sum', 'driver.go']) copyFileSync(join(drivers, name), join(folder, name))
  copyFileSync(join(snippets, `go/${kind}.go`), join(folder, 'snippet.go'))
  run([command, 'build', '-o', 'program', '.'], '', { cwd: folder })
  expectRight(run([join(folder, 'program')], asJson()))
})

test.for(['library', 'raw'])('Java, %s', (kind, { skip }) => {
  const [command = '', , pattern = ''] = commandOf(java, skip)
  // The compiler, begun as a module, knows no `*`.
  const jarFolder = dirname(pattern)
  const jars = readdirSync(jarFolder)
    .map((name) => join(jarFolder, name))
    .join(delimiter)
  const folder = mkdtempSync(join(temporary, 'java-'))
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-cp', jars, '-d', folder]
  run([command, ...compiler, join(drivers, 'Driver.java'), join(snippets, `java/${kind}.java`)], '')
  expectRight(run([command, '-cp', `${jars}${delimiter}${folder}`, 'Driver'], asTabs()))
})

test('PHP, raw', ({ skip }) => {
  const command = commandOf(php, skip)
  expectRight(run([...command, join(drivers, 'driver.php'), join(snippets, 'php/raw.php')], asJson()))
})

test('C#, raw', ({ skip }) => {
  if (csharp.whyNot !== null) return skip(csharp.whyNot)
  const program = join(temporary, 'csharp.exe')
  run(
    [...csharp.compiler, `-out:${program}`, join(drivers, 'Driver.cs'), join(snippets, 'csharp/raw.cs')],
    '',
  )
  expectRight(run([...csharp.command, program], asTabs()))
})

test.for(['library', 'raw'])('Rust, %s', (kind, { skip }) => {
  if (rust.whyNot !== null) return skip(rust.whyNot)
  const folder = mkdtempSync(join(temporary, 'rust-'))
  mkdirSync(join(folder, 'src'))
  for (const name of ['Cargo.toml', 'Cargo.lock'])
    copyFileSync(join(drivers, 'rust', name), join(folder, name))
  copyFileSync(join(drivers, 'rust/driver.rs'), join(folder, 'src/main.rs'))
  copyFileSync(join(snippets, `rust/${kind}.rs`), join(folder, 'src/snippet.rs'))
  const env = { CARGO_TARGET_DIR: rust.targetDir, RUSTFLAGS: '' }
  expectRight(
    run([...rust.command, 'run', '--quiet', '--locked', '--offline'], asTabs(), { cwd: folder, env }),
  )
})

test('Elixir, raw', ({ skip }) => {
  const command = commandOf(elixir, skip)
  expectRight(run([...command, join(drivers, 'driver.exs'), join(snippets, 'elixir/raw.exs')], asTabs()))
})

test.for(Object.entries(notRun))('the library of %s', ([registry, file], { skip }) => {
  skip(`${file} is not run: ${registry} is not reached from here`)
})
