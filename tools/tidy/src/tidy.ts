/** All house rules over a checkout, as one list of problems. Empty means tidy. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { renderConfigurationPage } from './configuration-page.ts'
import { type CruiserConfig, cruiseTree } from './cruise.ts'
import {
  adaptersAreWiredInService,
  appsKeepToTheirPlan,
  cruiserSawEverything,
  drawingMatchesPlan,
  importsAreDeclared,
  manifestsMatchPlan,
  type Plan,
} from './plan-rules.ts'
import { readAllTables } from './read-service-tables.ts'
import { invariantsAreTested, metricRowsMatchCode, pagesMatchCode } from './reference-rules.ts'
import { type Problem, readSourceTree } from './source-tree.ts'
import {
  lockIsWhole,
  namesSaySomething,
  rootIsTidy,
  textIsTidy,
  workspacesAreExplained,
} from './text-rules.ts'

export interface HouseModule {
  readonly plan: Plan
  readonly servicePlan: Plan
  readonly appPlan: Plan
  readonly default: CruiserConfig
}

/** Loads the one plan object. */
export async function readHousePlan(root: string): Promise<HouseModule> {
  const loaded: HouseModule = await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href)
  return loaded
}

/** Checks the checkout at `root` (absolute path). */
export async function findProblems(root: string): Promise<readonly Problem[]> {
  const house = await readHousePlan(root)
  const files = readSourceTree(root)
  const plan = { packages: house.plan, services: house.servicePlan, apps: house.appPlan }
  const cruised = await cruiseTree(root, ['packages', 'services', 'tools'], house.default)
  return [
    ...cruised.violations.map(({ rule, from, to }) => ({
      rule,
      place: from,
      message: `must not depend on ${to}`,
    })),
    ...cruiserSawEverything(files, cruised.modules),
    ...drawingMatchesPlan(files, plan),
    ...manifestsMatchPlan(files, plan),
    ...importsAreDeclared(files),
    ...adaptersAreWiredInService(files),
    ...appsKeepToTheirPlan(files, plan),
    ...rootIsTidy(files),
    ...lockIsWhole(files),
    ...namesSaySomething(files),
    ...textIsTidy(files),
    ...workspacesAreExplained(files),
    ...pagesMatchCode(files),
    ...metricRowsMatchCode(files),
    ...invariantsAreTested(files),
    ...(await configurationPageIsCurrent(root)),
  ]
}

async function configurationPageIsCurrent(root: string): Promise<readonly Problem[]> {
  const path = 'docs/reference/configuration.md'
  const expected = renderConfigurationPage(await readAllTables(root))
  let actual = ''
  try {
    actual = readFileSync(join(root, path), 'utf8')
  } catch {
    actual = ''
  }
  return actual === expected
    ? []
    : [
        {
          rule: 'configuration-page',
          place: path,
          message: 'differs from the settings tables: node tools/tidy/src/configuration-page-main.ts',
        },
      ]
}
