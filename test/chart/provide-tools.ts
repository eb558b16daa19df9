/** Before the chart's tests: Helm and its judges, from the cache or fetched now. What can't be had is told to the tests with its reason. */
import { provideChartTools, type Tool, type ToolName } from '@scanhook/deploy/chart-tools'
import { findPlaces } from '@scanhook/stack/places'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    chartTools: Readonly<Record<ToolName, Tool>>
  }
}

export async function setup(project: TestProject): Promise<void> {
  const tools = await provideChartTools(findPlaces(process.env).cacheDir)
  for (const [name, tool] of Object.entries(tools))
    if ('missing' in tool) console.error(`${name} could not be had, its tests are skipped: ${tool.missing}`)
  project.provide('chartTools', tools)
}
