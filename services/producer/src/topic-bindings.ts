/**
 * What holds for all records of a topic: `TOPIC=ORG_ID` binds them to one organization, `TOPIC@FORMAT` says which reader's
 * format they are in, `TOPIC=ORG_ID@FORMAT` both. What is not said is left to each record.
 */
import { type OrgId, orgId } from '@scanhook/domain/ids'
import { type FormatName, findFormat, formatNames } from '@scanhook/reader-formats/format-name'

export interface TopicBinding {
  /** Null where each record says it. */
  readonly orgId: OrgId | null
  readonly format: FormatName
}

export type TopicBindings = ReadonlyMap<string, TopicBinding>

export const unbound: TopicBinding = { orgId: null, format: 'scanhook' }

interface BindingRule {
  readonly rule: string
  readonly matches: RegExp
}

const topicAndOrg = '[A-Za-z0-9._-]{1,249}(=[1-9]\\d{0,15})?'

export const readBindingRule: BindingRule = {
  rule: `TOPIC, TOPIC=ORG_ID, TOPIC@FORMAT or TOPIC=ORG_ID@FORMAT, with FORMAT one of ${formatNames.join(', ')}`,
  matches: new RegExp(`^${topicAndOrg}(@(${formatNames.join('|')}))?$`),
}

export const eventBindingRule: BindingRule = {
  rule: 'TOPIC or TOPIC=ORG_ID',
  matches: new RegExp(`^${topicAndOrg}$`),
}

/** `entries` have passed their rule; without entries `fallback` is the only topic. The last mention of a topic counts. */
export function topicBindings(entries: readonly string[], fallback: string): TopicBindings {
  const bindings = new Map<string, TopicBinding>()
  for (const entry of entries.length === 0 ? [fallback] : entries) {
    const [topicAndId = '', format = ''] = entry.split('@')
    const [topic = '', org] = topicAndId.split('=')
    bindings.set(topic, {
      orgId: org === undefined ? null : orgId(Number(org)),
      format: findFormat(format) ?? 'scanhook',
    })
  }
  return bindings
}

export interface UpstreamTopics {
  readonly reads: TopicBindings
  readonly events: TopicBindings
}

export interface UpstreamTopic {
  readonly name: string
  readonly kind: 'reads' | 'events'
}

/**
 * The topic that somebody of `org` means by `name`, with or without the installation's prefix. Null where nothing is read
 * under that name, and, alike, where the topic is another organization's.
 */
export function findUpstreamTopic(
  topics: UpstreamTopics,
  name: string,
  { prefix, org }: { readonly prefix: string; readonly org: OrgId },
): UpstreamTopic | null {
  for (const full of [name, `${prefix}${name}`]) {
    for (const kind of ['reads', 'events'] as const) {
      const bound = topics[kind].get(full)
      if (bound !== undefined && (bound.orgId === null || bound.orgId === org)) return { name: full, kind }
    }
  }
  return null
}

export type GivenOrg =
  | { readonly ok: true; readonly orgId: OrgId | null }
  /** The header names another organization than the topic is bound to, or none at all. */
  | { readonly ok: false; readonly detail: string }

/** What topic and `scanhook-org` header together say; null: the record itself must say it. */
export function givenOrg(bound: OrgId | null, header: string | undefined): GivenOrg {
  if (header === undefined || header === '') return { ok: true, orgId: bound }
  if (!/^[1-9]\d{0,15}$/.test(header)) return { ok: false, detail: 'the scanhook-org header is not a number' }
  const said = orgId(Number(header))
  if (bound !== null && said !== bound) {
    return {
      ok: false,
      detail: 'the scanhook-org header names another organization than the topic is bound to',
    }
  }
  return { ok: true, orgId: said }
}
