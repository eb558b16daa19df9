/** A secret as the API masks it (services/api/src/webhooks): enough to tell it from another, and no more. Pure. */
export function maskSecret(secret: string): string {
  return `whsec_…${secret.slice(-4)}`
}
