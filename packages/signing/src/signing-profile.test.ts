import { type ProfileName, profileNames } from '@scanhook/domain/profile'
import { expect, expectTypeOf, test } from 'vitest'
import { type SigningProfile, signingProfiles } from './signing-profile.ts'

test('the signing profiles are the delivery profiles, as types and as values', () => {
  expectTypeOf<SigningProfile>().toEqualTypeOf<ProfileName>()
  expect(signingProfiles).toEqual(profileNames)
})
