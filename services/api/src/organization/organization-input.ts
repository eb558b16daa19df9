/** What may be changed of one's own organization. Pure. */
import { isEmailAddress } from '@scanhook/domain/email-address'
import { z } from 'zod'
import { perSecondField, readOnlyFields } from '../fields.ts'

export const answeredOnly = ['id', 'name', 'scopes', 'api_key_id', 'is_operator'] as const

/** Ten people of one customer; more is what a distribution list is for. */
const contactsMax = 10

/** As RECORDER_LOG_DAYS: the longest retries and the checks after them end within three days; ten years are forever. */
const logDaysMin = 3
const logDaysMax = 3_650

const contactsField = z
  .array(
    z
      .string()
      .refine(isEmailAddress, 'must be an e-mail address')
      .meta({
        wire: {
          type: 'string',
          format: 'email',
        },
      }),
  )
  .max(contactsMax)
  .refine(
    (all) => new Set(all.map((each) => each.toLowerCase())).size === all.length,
    'must not repeat an address',
  )

export interface OrganizationPatch {
  readonly contact_emails?: readonly string[] | undefined
  readonly deliveries_per_second?: number | null | undefined
  readonly log_days?: number | null | undefined
}

export const organizationPatch: z.ZodType<OrganizationPatch> = z.object({
  /** To all webhooks together; null: as many as they take. */
  deliveries_per_second: perSecondField.nullable().optional(),
  /** For how many days the log is kept; null: as long as the installation keeps it. */
  log_days: z.int().min(logDaysMin).max(logDaysMax).nullable().optional(),
  contact_emails: contactsField.optional(),
  ...readOnlyFields(answeredOnly),
})
