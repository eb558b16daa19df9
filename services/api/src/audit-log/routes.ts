/** `GET /api/v1/audit-log`: who changed what, newest first. Nothing writes here: entries come with their changes. */
import { actorKinds, auditedKinds, auditOperations } from '@scanhook/domain/auditing/audit-entry'
import { timeText } from '@scanhook/http/answers'
import { positionParts } from '@scanhook/http/cursor'
import { cursorPageParams, idParam, repeatedParam, textParam, timeParam } from '@scanhook/http/query'
import type { AuditLog, StoredEntry } from '@scanhook/postgres/audit-log'
import { z } from 'zod'
import {
  arrayAnswer,
  cursorListAnswer,
  idAnswer,
  objectAnswer,
  timeAnswer,
  uuidAnswer,
} from '../answer-schemas.ts'
import { type Api, type CursorList, cursorPaging, ifAny } from '../server.ts'

const query = z.object({
  limit: cursorPageParams.limit,
  cursor: cursorPageParams.cursor,
  actor_kind: repeatedParam(z.enum(actorKinds)),
  actor_id: repeatedParam(idParam()),
  operation: repeatedParam(z.enum(auditOperations)),
  resource_kind: repeatedParam(z.enum(auditedKinds)),
  // Ids of ours, and UUIDs of deliveries.
  resource_id: repeatedParam(textParam(36)),
  request_id: repeatedParam(textParam(26)),
  from: timeParam().optional(),
  to: timeParam().optional(),
})

const entryAnswer = z
  .object({
    id: uuidAnswer,
    at: timeAnswer,
    actor: z.object({ kind: z.enum(actorKinds), id: idAnswer.nullable() }),
    request_id: z.string().nullable(),
    operation: z.enum(auditOperations),
    resource: z.object({
      kind: z.enum(auditedKinds),
      id: z.string().nullable(),
      name: z.string().nullable().describe('External key or name, as it was'),
    }),
    before: objectAnswer.nullable().describe('Of a change the fields that are different; null: it was made'),
    after: objectAnswer.nullable().describe('The same; null: it is gone'),
    truncated_fields: arrayAnswer(z.string()).describe('Changed, too, and too long to be kept'),
  })
  .meta({ id: 'AuditEntry' })

const { instant, integer } = positionParts
const list: CursorList<'at'> = { name: 'audit-log', fields: { at: instant }, ties: [integer] }
const sort = [{ field: 'at', isDescending: true }] as const

export function addAuditLogRoute(api: Api, log: Pick<AuditLog, 'list'>): void {
  api.route({
    method: 'GET',
    path: '/api/v1/audit-log',
    scope: 'keys:admin',
    describes: {
      id: 'listAuditLog',
      summary: 'List changes: who made them, and what was before and after',
      answers: { 200: cursorListAnswer(entryAnswer) },
    },
    query,
    handle: async ({ caller, query: given }) => {
      const { page, answer } = cursorPaging(list, { ...given, sort })
      const stored = await log.list(caller.orgId, {
        limit: page.limit,
        after: page.after,
        actorKinds: ifAny(given.actor_kind),
        actorIds: ifAny(given.actor_id),
        operations: ifAny(given.operation),
        kinds: ifAny(given.resource_kind),
        ids: ifAny(given.resource_id),
        requestIds: ifAny(given.request_id),
        fromMs: given.from,
        toMs: given.to,
      })
      return answer({ ...stored, totalCount: null }, entryView)
    },
  })
}

function entryView(entry: StoredEntry): z.output<typeof entryAnswer> {
  return {
    id: entry.entryId,
    at: timeText(entry.atMs),
    actor: { kind: entry.actorKind, id: entry.actorId },
    request_id: entry.requestId,
    operation: entry.operation,
    resource: { kind: entry.kind, id: entry.id, name: entry.name },
    before: entry.before,
    after: entry.after,
    truncated_fields: entry.truncated,
  }
}
