/** The built-in inspector as `bin/up` uses it: gets the secret, says how many deliveries it verified. */
export interface InspectorCounts {
  readonly received: number
  readonly verified: number
  readonly failed: number
}

export interface InspectorClient {
  readonly binUrl: string
  giveSecret(secret: string): Promise<void>
  counts(): Promise<InspectorCounts>
}

const none: InspectorCounts = { received: 0, verified: 0, failed: 0 }

export function inspectorClient(baseUrl: string, bin: string): InspectorClient {
  async function ask(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`the inspector answered ${response.status} to ${path}`)
    return response.json()
  }
  return {
    binUrl: `${baseUrl}/in/${bin}`,
    async giveSecret(secret) {
      const headers = { 'content-type': 'application/json' }
      await ask(`/bins/${bin}`, { method: 'PUT', headers, body: JSON.stringify({ secret }) })
    },
    async counts() {
      const { data } = (await ask('/stats')) as { data?: { bins?: Record<string, Partial<InspectorCounts>> } }
      return { ...none, ...data?.bins?.[bin] }
    },
  }
}
