/** An entry of the audit log about an endpoint, in a sentence. Pure. */
import type { Model } from '../../api/api.ts'

type Entry = Pick<Model<'AuditEntry'>, 'operation' | 'actor'>

const what: Readonly<Record<string, string>> = {
  'webhook.created': 'Made',
  'webhook.updated': 'Changed',
  'webhook.paused': 'Paused',
  'webhook.resumed': 'Resumed',
  'webhook.disabled': 'Disabled',
  'webhook.deleted': 'Deleted',
  'webhook.secret_rotated': 'Secret rotated',
  'webhook.secrets_ended': 'Old secrets ended',
  'webhook.tested': 'Test sent',
  'webhook.checked': 'Checked',
}

const who: Readonly<Record<Entry['actor']['kind'], string>> = {
  api_key: 'API key',
  oauth_client: 'access token of API key',
  portal_link: 'console session',
  system: 'Scanhook itself',
}

/** What this version has no words for is said as the API says it. */
export function sayActivity({ operation, actor: { kind, id } }: Entry): string {
  return `${what[operation] ?? operation} by ${who[kind]}${id === null ? '' : ` ${id}`}`
}
