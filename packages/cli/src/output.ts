/** The forms in which a command answers. */
export const outputs = ['table', 'json', 'quiet'] as const
export type Output = (typeof outputs)[number]
