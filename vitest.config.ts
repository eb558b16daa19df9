/**
 * Seven projects: `unit` needs nothing, `chart` needs Helm and what judges it (its setup gets them), `integration`, `e2e`, `around` and `console` need the infrastructure that the global setup finds or
 */
import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const needsInfrastructure = '{packages,services,tools}/**/*.{kafka,pg,redis,registry}.test.ts'
/** Brings infrastructure of its own, which it kills. */
const faultMatrix = 'test/chaos/*.chaos.test.ts'
const inBrowser = 'test/around/**/*-in-a-browser.test.ts'
const infrastructure = ['test/setup/infrastructure.ts']

/** vitest takes one worker less than there are cores: of two, one. Half of the tests' time is computing, so two are kept busy. */
const unitWorkers = Math.max(2, availableParallelism() - 1)

/** A thousand simulated worlds take longer than all other unit tests on one core: begun last, they would leave the other core idle. */
class SimulationsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.includes('simulation')
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: SimulationsFirst },
    projects: [
      {
        test: {
          name: 'unit',
          pool: 'forks',
          maxWorkers: unitWorkers,
          include: [
            '{packages,services,tools,apps}/**/*.test.ts',
            'test/{evaluate,bench,simulation,chaos}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', needsInfrastructure, faultMatrix],
          // The longest take 3 s on two cores; a machine that has other work to do must not make one fail.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'chart',
          pool: 'forks',
          include: ['test/chart/**/*.test.ts'],
          globalSetup: ['test/chart/provide-tools.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          pool: 'forks',
          // One at a time: the feeds' horizon is the oldest transaction of the whole server, and a test that holds one open keeps those of others waiting.
          fileParallelism: false,
          include: [needsInfrastructure, 'test/integration/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: infrastructure,
          // A rebalance of a consumer group alone takes seconds when a member vanished without a word.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          pool: 'forks',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: infrastructure,
          // Whole flows with processes killed and restarted; they would disturb each other's timing.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'around',
          pool: 'forks',
          // What is around the way of a scan: the API’s document, quick starts, an upgrade, the image, the command line. Runs beside others in bin/test,
          // on the same infrastructure: nothing here may judge a time, or kill what belongs to all.
          include: ['test/around/**/*.test.ts'],
          exclude: ['**/node_modules/**', inBrowser],
          globalSetup: infrastructure,
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'console',
          pool: 'forks',
          // The console in a real browser, under the same rules. One at a time: a browser that draws without a graphics card fills a core.
          include: [inBrowser],
          exclude: ['**/node_modules/**'],
          globalSetup: infrastructure,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'chaos',
          pool: 'forks',
          include: [faultMatrix],
          fileParallelism: false,
          // A cell takes a good minute; one whose lag stays is given up after another.
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

export default config
