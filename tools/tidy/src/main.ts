import { resolve } from 'node:path'
import { findProblems } from './tidy.ts'

const problems = await findProblems(resolve(import.meta.dirname, '../../..'))
for (const { rule, place, message } of problems) process.stderr.write(`${place}: ${message} [${rule}]\n`)
process.stdout.write(problems.length === 0 ? 'tidy: no problems\n' : `tidy: ${problems.length} problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
