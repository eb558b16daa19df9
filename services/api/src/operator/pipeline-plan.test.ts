/** The plan of the pipeline against what services say themselves: their files are read, because services meet on topics, never in code. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { topicNames } from '@scanhook/schemas/topics'
import { expect, test } from 'vitest'
import { pipelinePlan } from './pipeline-plan.ts'

const services = fileURLToPath(new URL('../../../', import.meta.url))

/** `groupId: \`${config.TOPIC_PREFIX}router\`` in the sources of all services; a group of another form fails the second test. */
function groupsInSources(): { readonly named: readonly string[]; readonly unread: readonly string[] } {
  const named: string[] = []
  const unread: string[] = []
  for (const file of readdirSync(services, { recursive: true, encoding: 'utf8' })) {
    if (!/^[a-z-]+\/src\/.*\.ts$/.test(file) || file.endsWith('.test.ts') || file.includes('node_modules'))
      continue
    const text = readFileSync(`${services}${file}`, 'utf8')
    for (const [found, value = ''] of text.matchAll(/\bgroupId: ([^,\n]+)/g)) {
      const name = /^`\$\{config\.TOPIC_PREFIX\}([a-z-]+)`$/.exec(value)?.[1]
      if (name !== undefined) named.push(name)
      // A parameter's type is no group.
      else if (!value.startsWith('string')) unread.push(`${file}: ${found}`)
    }
  }
  return { named, unread }
}

const plan = pipelinePlan(topicNames('t.'), 't.', 1)

test('every group of consumers that a service opens is watched, and no other', () => {
  const watched = new Set([...plan.groups, ...plan.tiers].map(({ group }) => group))
  expect([...watched].sort()).toEqual(
    groupsInSources()
      .named.map((name) => `t.${name}`)
      .sort(),
  )
})

test('a group whose name cannot be read here is none that could be forgotten', () => {
  expect(groupsInSources().unread).toEqual([])
})

test('every topic that a group reads is named to it: an own topic that nobody reads is one of those that are known', () => {
  const { retry, ...named } = topicNames('t.')
  const read = new Set([...plan.groups, ...plan.tiers].map(({ topic }) => topic))
  const unread = [...Object.values(named), ...Object.values(retry)].filter((topic) => !read.has(topic))
  // State that is read as a table, clocks, and what people look at.
  expect(unread.sort()).toEqual(
    ['asset-state', 'cluster-clock', 'deliveries.dead', 'delivery-order', 'poison'].map(
      (name) => `t.${name}`,
    ),
  )
})
