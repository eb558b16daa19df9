/**
 * Which headers a message is signed with. The names are those of the delivery profiles; they are said here once more
 * so that the package stands alone, and `signing-profile.test.ts` holds both lists together.
 */
export const signingProfiles = ['standard', 'trakrf', 'trackberry'] as const
export type SigningProfile = (typeof signingProfiles)[number]
