/** What somebody typed as the data of an event. Pure. */
export type ReadData =
  | { readonly data: Record<string, unknown>; readonly problem: null }
  | { readonly data: null; readonly problem: string }

export function readData(text: string): ReadData {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return { data: data as Record<string, unknown>, problem: null }
    return { data: null, problem: 'Data is an object: { … }' }
  } catch (error) {
    return { data: null, problem: `This is not JSON yet: ${(error as Error).message}` }
  }
}
