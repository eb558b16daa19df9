/** Runs dependency-cruiser with the house plan over a tree and returns what it saw and what it forbids. */
import { cruise, type ICruiseOptions, type IReporterOutput, type IResolveOptions } from 'dependency-cruiser'

export interface Cruised {
  readonly modules: ReadonlySet<string>
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[]
}

interface CruiseReport {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string }
      readonly from: string
      readonly to: string
    }[]
  }
}

export interface CruiserConfig {
  readonly forbidden: readonly unknown[]
  readonly options: Readonly<Record<string, unknown>>
}

/** `root` must be an absolute path; folders that do not exist in it are left out by the caller. */
export async function cruiseTree(
  root: string,
  folders: readonly string[],
  config: CruiserConfig,
): Promise<Cruised> {
  const { enhancedResolveOptions, ...options } = config.options
  const cruiseOptions = {
    ...options,
    baseDir: root,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
  } as unknown as ICruiseOptions
  const result: IReporterOutput = await cruise(
    [...folders],
    cruiseOptions,
    enhancedResolveOptions as IResolveOptions,
  )
  const report = result.output as unknown as CruiseReport
  return {
    modules: new Set(report.modules.map((module) => module.source)),
    violations: report.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}
