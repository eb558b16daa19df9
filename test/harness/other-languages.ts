/**
 * Python with packages, Ruby, Java with jars, Go with modules, Rust with crates, PHP, C#, Elixir and kcat, for tests that want somebody else's opinion. What has to be fetched is fetched once
 * and kept in the cache of tools/stack; a machine that can't says why, and the test is skipped with that sentence.
 *
 * Invariants
 *   O1. A folder under its final name is complete: it is filled under another name and renamed.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { findPlaces } from '@scanhook/stack/places'

/** A command to be followed by a program's file, or the reason why there is none. */
export type Interpreter =
  | { readonly command: readonly string[]; readonly whyNot: null }
  | { readonly command: null; readonly whyNot: string }

const run = promisify(execFile)
/** The JRuby jar is 33 MB, the wheels 5 MB; a registry that has not given them by then is not reached. */
const fetchTimeoutMs = 180_000

/** A virtual environment with exactly the packages of `requirementsFile`, for the Python 3 of this machine. */
export async function providePython(requirementsFile: string): Promise<Interpreter> {
  const version = await versionOf('python3', ['-c', 'import sys; print(sys.executable, sys.version)'])
  if (version === null) return absent('there is no python3')
  const requirements = readFileSync(requirementsFile, 'utf8')
  const folder = cached('python', `${version}\n${requirements}`)
  try {
    await fill(folder, async (draft) => {
      await run('python3', ['-m', 'venv', draft], { timeout: fetchTimeoutMs })
      const pip = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-input',
        '--only-binary',
        ':all:',
        '--retries',
        '1',
      ]
      await run(join(draft, 'bin/python'), [...pip, '--requirement', requirementsFile], {
        timeout: fetchTimeoutMs,
      })
    })
  } catch (error) {
    return absent(`python3 could not get ${requirements.trim().split('\n').join(', ')}: ${lastLine(error)}`)
  }
  return { command: [join(folder, 'bin/python')], whyNot: null }
}

const jruby = 'org.jruby:jruby-complete:9.4.12.0'
/** The version that tools/stack/pom.xml names. */
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'

/** The Ruby of this machine, or else JRuby from Maven Central, where Java and Maven are there for the stack anyway. */
export async function provideRuby(): Promise<Interpreter> {
  if ((await versionOf('ruby', ['-ropenssl', '-rjson', '-e', 'puts RUBY_VERSION'])) !== null)
    return { command: ['ruby'], whyNot: null }
  const folder = cached('ruby', jruby)
  try {
    await fill(folder, async (draft) => {
      const told = [`-Dartifact=${jruby}`, `-DoutputDirectory=${draft}`, '-Dmdep.stripVersion=true']
      await run('mvn', ['-B', '-q', copyGoal, ...told], { cwd: draft, timeout: fetchTimeoutMs })
    })
  } catch (error) {
    return absent(`there is no ruby, and Maven could not get ${jruby}: ${lastLine(error)}`)
  }
  const java = ['java', '-jar', join(folder, 'jruby-complete.jar'), '--dev']
  if ((await versionOf('java', ['-version'])) === null) return absent('there is neither ruby nor java')
  return { command: java, whyNot: null }
}

/** Java with the dependencies of `pomFile`, whose folder it does not touch; to be followed by a source file. */
export async function provideJava(pomFile: string): Promise<Interpreter> {
  const modules = await versionOf('java', ['--list-modules'])
  if (modules === null) return absent('there is no java')
  if (!modules.includes('jdk.compiler@')) return absent('java has no compiler, so it takes no source files')
  const folder = cached('java', readFileSync(pomFile, 'utf8'))
  try {
    await fill(folder, async (draft) => {
      const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${draft}`]
      await run('mvn', ['-B', '-q', '-f', pomFile, ...goal], { cwd: draft, timeout: fetchTimeoutMs })
    })
  } catch (error) {
    return absent(`Maven could not get what ${pomFile} names: ${lastLine(error)}`)
  }
  return { command: ['java', '-cp', join(folder, '*')], whyNot: null }
}

/** Go with the modules that `folder`'s go.mod and go.sum name. It keeps them in a cache of its own. */
export async function provideGo(folder: string): Promise<Interpreter> {
  if ((await versionOf('go', ['version'])) === null) return absent('there is no go')
  try {
    await run('go', ['mod', 'download'], { cwd: folder, timeout: fetchTimeoutMs })
  } catch (error) {
    return absent(`go could not get what ${join(folder, 'go.mod')} names: ${lastLine(error)}`)
  }
  return { command: ['go'], whyNot: null }
}

/** Cargo, and a folder in which the crates of a project are compiled already (`CARGO_TARGET_DIR`). */
export type RustCompiler =
  | { readonly command: readonly string[]; readonly targetDir: string; readonly whyNot: null }
  | { readonly command: null; readonly targetDir: null; readonly whyNot: string }

/** Rust with the crates that `folder`'s Cargo.toml and Cargo.lock name: 3 MB to fetch, and a quarter of a minute to compile, once. */
export async function provideRust(folder: string): Promise<RustCompiler> {
  const nothing = (whyNot: string): RustCompiler => ({ command: null, targetDir: null, whyNot })
  const version = await versionOf('cargo', ['--version'])
  if (version === null) return nothing('there is no cargo')
  const files = ['Cargo.toml', 'Cargo.lock'].map((name) => join(folder, name))
  const cache = cached('rust', [version, ...files.map((file) => readFileSync(file, 'utf8'))].join('\n'))
  try {
    await fill(cache, async (draft) => {
      const source = join(draft, 'source')
      mkdirSync(join(source, 'src'), { recursive: true })
      for (const file of files) copyFileSync(file, join(source, basename(file)))
      writeFileSync(join(source, 'src/main.rs'), 'fn main() {}\n')
      await run('cargo', ['build', '--quiet', '--locked'], {
        ...{ cwd: source, timeout: fetchTimeoutMs },
        env: { ...process.env, CARGO_TARGET_DIR: join(draft, 'target') },
      })
    })
  } catch (error) {
    return nothing(`cargo could not get or compile what ${files[0]} names: ${lastLine(error)}`)
  }
  return { command: ['cargo'], targetDir: join(cache, 'target'), whyNot: null }
}

/** Elixir with the Erlang that runs it. Scripts need no more of it. */
const elixirPackages = ['elixir', 'erlang-base', 'erlang-crypto']

/** The Elixir of this machine, or that of its distribution; to be followed by a script. */
export async function provideElixir(): Promise<Interpreter> {
  if ((await versionOf('elixir', ['-e', ':crypto.info_lib()'])) !== null)
    return { command: ['elixir'], whyNot: null }
  const { tree, whyNot } = await unpackedPackages('elixir', elixirPackages)
  if (tree === null) return absent(`there is no elixir, and ${whyNot}`)
  const erlang = join(tree, 'usr/lib/erlang')
  const runtime = readdirSync(erlang).find((name) => name.startsWith('erts-')) ?? ''
  const bin = join(erlang, runtime, 'bin')
  const libraries = join(tree, 'usr/lib/elixir/lib')
  // Both of its own scripts know one place only, where packages are installed.
  const command = [
    ...['env', `ROOTDIR=${erlang}`, `BINDIR=${bin}`, 'EMU=beam', 'PROGNAME=erl', 'LC_ALL=C.UTF-8'],
    ...[join(bin, 'erlexec'), '-noshell', '-elixir_root', libraries],
    ...['-pa', ...['elixir', 'logger'].map((name) => join(libraries, name, 'ebin'))],
    ...['-s', 'elixir', 'start_cli', '-extra'],
  ]
  const [file = '', ...args] = command
  if ((await versionOf(file, [...args, '-e', ':crypto.info_lib()'])) === null)
    return absent('the Elixir of the distribution does not run here')
  return { command, whyNot: null }
}

/** What PHP's command needs beside what every machine has. */
const phpPackages = 'php8.2-cli libargon2-1 libbsd0 libedit2 libicu72 libsodium23 libxml2'.split(' ')

/** The PHP of this machine, or that of its distribution; with what is compiled into it, and no extension. */
export async function providePhp(): Promise<Interpreter> {
  if ((await versionOf('php', ['-n', '-v'])) !== null) return { command: ['php', '-n'], whyNot: null }
  const { tree, whyNot } = await unpackedPackages('php', phpPackages)
  if (tree === null) return absent(`there is no php, and ${whyNot}`)
  const [file = '', ...args] = [
    ...['env', `LD_LIBRARY_PATH=${librariesOf(tree)}`],
    ...[join(tree, 'usr/bin/php8.2'), '-n'],
  ]
  if ((await versionOf(file, [...args, '-v'])) === null)
    return absent('the PHP of the distribution does not run here')
  return { command: [file, ...args], whyNot: null }
}

/** Mono with its compiler and the class libraries that a program of a file needs. */
const monoPackages = [
  ...['mono-mcs', 'mono-runtime-common', 'mono-runtime-sgen', 'libmono-corlib4.5-dll'],
  ...['configuration', 'core', 'numerics', 'security', 'xml'].map((name) => `libmono-system-${name}4.0-cil`),
  ...['libmono-security4.0-cil', 'libmono-system4.0-cil'],
]

/** `command`: to be followed by a program; `compiler`: by `-out:…` and source files. */
export type CsharpCompiler =
  | { readonly command: readonly string[]; readonly compiler: readonly string[]; readonly whyNot: null }
  | { readonly command: null; readonly compiler: null; readonly whyNot: string }

/** C# by the Mono of this machine's distribution: a .NET SDK comes from none of the registries that the stack uses. */
export async function provideCsharp(): Promise<CsharpCompiler> {
  const nothing = (whyNot: string): CsharpCompiler => ({ command: null, compiler: null, whyNot })
  const { tree, whyNot } = await unpackedPackages('mono', monoPackages)
  if (tree === null) return nothing(`there is no C# compiler: ${whyNot}`)
  const classes = join(tree, 'usr/lib/mono/4.5')
  const command = [
    ...['env', `LD_LIBRARY_PATH=${librariesOf(tree)}`, `MONO_CFG_DIR=${join(tree, 'etc')}`],
    ...[`MONO_PATH=${classes}`, join(tree, 'usr/bin/mono-sgen')],
  ]
  const [file = '', ...args] = command
  if ((await versionOf(file, [...args, '--version'])) === null)
    return nothing('the Mono of the distribution does not run here')
  const compiler = [...command, join(classes, 'mcs.exe'), '-langversion:latest', '-r:System.Core.dll']
  return { command, compiler, whyNot: null }
}

/** What the package of kcat needs beside what every machine has. */
const kcatPackages = ['kcat', 'librdkafka1', 'libyajl2']

/** A folder with kcat in it for `PATH`, or null where it is there anyway; and what finds its libraries. */
export type Kcat =
  | { readonly env: Readonly<Record<string, string>>; readonly whyNot: null }
  | { readonly env: null; readonly whyNot: string }

/** The kcat of this machine, or that of its distribution. */
export async function provideKcat(): Promise<Kcat> {
  const path = process.env['PATH'] ?? ''
  if ((await versionOf('kcat', ['-V'])) !== null) return { env: { PATH: path }, whyNot: null }
  const { tree, whyNot } = await unpackedPackages('kcat', kcatPackages)
  if (tree === null) return { env: null, whyNot: `there is no kcat, and ${whyNot}` }
  const env = { PATH: `${join(tree, 'usr/bin')}:${path}`, LD_LIBRARY_PATH: librariesOf(tree) }
  const works = await run('kcat', ['-V'], { env }).then(
    () => true,
    () => false,
  )
  return works
    ? { env, whyNot: null }
    : { env: null, whyNot: 'the kcat of the distribution does not run here' }
}

type Unpacked =
  | { readonly tree: string; readonly whyNot: null }
  | { readonly tree: null; readonly whyNot: string }

/** Packages of this machine's distribution, unpacked and not installed, which needs no root; apt-get checks their signatures. */
async function unpackedPackages(name: string, packages: readonly string[]): Promise<Unpacked> {
  const folder = cached(name, packages.join(' '))
  try {
    await fill(folder, async (draft) => {
      await run('apt-get', ['download', ...packages], { cwd: draft, timeout: fetchTimeoutMs })
      for (const file of readdirSync(draft).filter((each) => each.endsWith('.deb')))
        await run('dpkg-deb', ['--extract', file, 'root'], { cwd: draft })
    })
  } catch (error) {
    return { tree: null, whyNot: `apt-get could not get ${packages[0]}: ${lastLine(error)}` }
  }
  return { tree: join(folder, 'root'), whyNot: null }
}

/** Both where a distribution has one folder for each architecture and where it has not. */
function librariesOf(tree: string): string {
  const lib = join(tree, 'usr/lib')
  return [lib, ...readdirSync(lib).map((name) => join(lib, name))].join(':')
}

function absent(whyNot: string): Extract<Interpreter, { command: null }> {
  return { command: null, whyNot }
}

function cached(name: string, content: string): string {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return join(findPlaces(process.env).cacheDir, `${name}-${digest}`)
}

async function fill(folder: string, into: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return
  const draft = `${folder}.${process.pid}`
  try {
    mkdirSync(draft, { recursive: true })
    await into(draft)
    if (!existsSync(folder)) renameSync(draft, folder) // O1
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function versionOf(file: string, args: readonly string[]): Promise<string | null> {
  try {
    return (await run(file, args)).stdout.trim()
  } catch {
    return null
  }
}

function lastLine(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string }
  return (stderr.trim() || message).trim().split('\n').at(-1) ?? ''
}
