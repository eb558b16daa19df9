/** What may be changed of one's own organization. Pure. */
import { z } from 'zod'
import { perSecondField, readOnlyFields } from '../fields.ts'

export const answeredOnly = ['id', 'name', 'scopes', 'api_key_id'] as const

export interface OrganizationPatch {
  readonly deliveries_per_second?: number | null | undefined
}

export const organizationPatch: z.ZodType<OrganizationPatch> = z.object({
  /** To all webhooks together; null: as many as they take. */
  deliveries_per_second: perSecondField.nullable().optional(),
  ...readOnlyFields(answeredOnly),
})
