/**
 * `npm run verify`: every check that needs no infrastructure, in about a minute. Formatting and lint, the plan and the
 * house rules, types, unit tests, unused code.
 */
import { checks, runChecks } from './checks.ts'

const results = await runChecks(checks)
process.exitCode = results.every(({ isOk }) => isOk) ? 0 : 1
