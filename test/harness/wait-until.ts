/**
 * Awaits a condition. The deadline only ends a run that is broken: it is far above what a slow machine needs, and
 * no test measures time with it.
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { deadlineMs = 120_000, everyMs = 50 }: { readonly deadlineMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const startedAt = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedAt > deadlineMs)
      throw new Error(`waited ${deadlineMs} ms in vain: ${what}`)
    await new Promise<void>((resolve) => {
      setTimeout(resolve, everyMs)
    })
  }
}
