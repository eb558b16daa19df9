/** Which organization an input belongs to: said by the input, by the way it came in, or by both alike. */
import { type OrgId, orgId } from '../ids.ts'
import { type FieldReport, type JsonObject, readInteger, report, requireField } from './parse-fields.ts'

/**
 * `given` is the organization of the API key or of the topic, null where one topic serves many. Then `org_id` is
 * required; otherwise it may be left out and must not name another one.
 */
export function parseOrg(object: JsonObject, given: OrgId | null, into: FieldReport): OrgId | null {
  const said = readInteger(object, 'org_id', { min: 1, max: Number.MAX_SAFE_INTEGER }, into)
  if (given === null) {
    const required = requireField(object, 'org_id', said, into)
    return required === null ? null : orgId(required)
  }
  if (said !== null && said !== given) {
    return report(
      into,
      'org_id',
      'invalid_context',
      'must be left out or be the organization that you belong to',
    )
  }
  return given
}
