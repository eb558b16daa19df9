/** Which organization a topic's records belong to: `topic=ORG_ID` binds all of them to one, `topic` leaves it to each. */
import { type OrgId, orgId } from '@scanhook/domain/ids'

/** Topic → organization, or null where each record says it. */
export type TopicBindings = ReadonlyMap<string, OrgId | null>

export const bindingRule: { readonly rule: string; readonly matches: RegExp } = {
  rule: 'TOPIC or TOPIC=ORG_ID',
  matches: /^[A-Za-z0-9._-]{1,249}(=[1-9]\d{0,15})?$/,
}

/** `entries` have passed `bindingRule`; without entries `fallback` is the only topic. The last mention of a topic counts. */
export function topicBindings(entries: readonly string[], fallback: string): TopicBindings {
  const bindings = new Map<string, OrgId | null>()
  for (const entry of entries.length === 0 ? [fallback] : entries) {
    const [topic = '', org] = entry.split('=')
    bindings.set(topic, org === undefined ? null : orgId(Number(org)))
  }
  return bindings
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
