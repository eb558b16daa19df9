/** House rules over the text of single files: names, places, comments. Each says what to do instead. */
import { isSource, isTest, lineAt, type Problem, type SourceFile } from './source-tree.ts'

/** The root is the first thing a visitor sees: what lies there is chosen. */
export const rootFiles: readonly string[] = [
  '.dependency-cruiser.mjs',
  '.dockerignore',
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'STYLE.md',
  'biome.json',
  'docker-compose.yml',
  'knip.json',
  'package-lock.json',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.tests.json',
  'turbo.json',
  'vitest.config.ts',
]

export function rootIsTidy(files: readonly SourceFile[]): readonly Problem[] {
  return files
    .filter((file) => !file.path.includes('/') && !rootFiles.includes(file.path))
    .map((file) => ({
      rule: 'root',
      place: file.path,
      message: 'is not among the files that may lie at the root',
    }))
}

const bannedNames = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'lib',
  'misc',
  'base',
  'manager',
  'impl',
  'index',
]

export function namesSaySomething(files: readonly SourceFile[]): readonly Problem[] {
  return files
    .filter(isSource)
    .flatMap((file) =>
      file.path
        .replace(/(\.[a-z]+)*$/, '')
        .split('/')
        .filter((part) => bannedNames.includes(part))
        .map((part) => ({ file, part })),
    )
    .map(({ file, part }) => ({
      rule: 'names',
      place: file.path,
      message: `"${part}" says nothing: name the one idea that is in it`,
    }))
}

interface TextRule {
  readonly rule: string
  readonly applies: (file: SourceFile) => boolean
  readonly pattern: RegExp
  readonly message: string
}

const isPure = (file: SourceFile): boolean =>
  /^packages\/(domain|config|replay|reader-formats)\/src\//.test(file.path) && !isTest(file)
const isProduct = (file: SourceFile): boolean =>
  /^(packages|services)\/.*\.ts$/.test(file.path) && !isTest(file)

const textRules: readonly TextRule[] = [
  {
    rule: 'ambient-time',
    applies: isPure,
    pattern: /\bnew Date\b|\bDate\.(now|parse|UTC)\b|\bMath\.random\b|\bperformance\./,
    message: 'decisions read no clock and throw no dice: take nowMs or random as an argument',
  },
  {
    rule: 'environment',
    applies: (file) =>
      isProduct(file) &&
      file.path !== 'packages/runtime/src/run-service.ts' &&
      !file.path.endsWith('main.ts'),
    pattern: /\bprocess\.env\b/,
    message: 'only packages/runtime/src/run-service.ts reads the environment: add a row to a settings table',
  },
  {
    rule: 'todo',
    applies: isSource,
    pattern: /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/,
    message: 'a TODO names its issue: TODO(#12)',
  },
  {
    rule: 'any',
    applies: isSource,
    pattern: /\bas any\b|: any\b|@ts-(ignore|nocheck)/,
    message: 'say what it is: unknown and a check, or a type',
  },
  {
    rule: 'focused-test',
    applies: isTest,
    pattern: /\b(test|it|describe)\.only\(/,
    message: 'a focused test silences all others',
  },
  {
    rule: 'private-words',
    applies: (file) =>
      /\.(tsx?|md|json|yml|yaml|sh|sql|avsc|mjs)$/.test(file.path) &&
      file.path !== 'package-lock.json' &&
      file.path !== 'tools/tidy/src/text-rules.ts',
    pattern: /(?<![\w.])\/(?:work|root|home)\/[a-z]/,
    message: 'no path of one machine belongs into the repository',
  },
]

export function textIsTidy(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) =>
    textRules.flatMap(({ rule, applies, pattern, message }) => {
      if (!applies(file) || file.path.startsWith('tools/tidy/')) return []
      const found = pattern.exec(stripComments(rule, file.text))
      return found === null
        ? []
        : [{ rule, place: `${file.path}:${lineAt(file.text, found.index)}`, message }]
    }),
  )
}

/** Comments may speak of `Date` and the environment; blanked, so that line numbers stay. */
function stripComments(rule: string, text: string): string {
  if (rule !== 'ambient-time' && rule !== 'environment') return text
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** Every workspace says in the first sentence of its README what it is for. */
export function workspacesAreExplained(files: readonly SourceFile[]): readonly Problem[] {
  return files
    .flatMap(
      (file) => /^((?:packages|services|tools|apps)\/[^/]+)\/package\.json$/.exec(file.path)?.[1] ?? [],
    )
    .flatMap((home) => {
      const text = files.find((file) => file.path === `${home}/README.md`)?.text ?? ''
      const first = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#'))
      return first === undefined
        ? [
            {
              rule: 'readme',
              place: `${home}/README.md`,
              message: 'is missing or does not begin with a sentence',
            },
          ]
        : []
    })
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >
}

/**
 * npm leaves a package of another platform out of the lock when the registry at hand does not serve it, and `npm ci`
 * then refuses the lock as incomplete, on every machine.
 */
export function lockIsWhole(files: readonly SourceFile[]): readonly Problem[] {
  const lock = files.find((file) => file.path === 'package-lock.json')
  if (lock === undefined) return []
  const { packages } = JSON.parse(lock.text) as Lock
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined &&
          packages[`${path}/node_modules/${name}`] === undefined,
      )
      .map((name) => ({
        rule: 'lock',
        place: 'package-lock.json',
        message: `does not name ${name}, so npm ci refuses it`,
      })),
  )
}
