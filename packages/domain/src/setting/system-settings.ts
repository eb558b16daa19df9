/**
 * The lowest level that an operator can speak on: settings of the whole deployment, in the environment of each service
 * that resolves them. Here is what that row of their tables says, so that all of them read the same one.
 */
export const systemSettings = {
  description:
    'Settings of movement for the whole deployment, by their public names (docs/reference/settings.md); an organization, location or scan point may say otherwise. The same for every service that reads it',
  default: '{}',
  reason: 'empty: the defaults of each kind of scan point hold',
  rule: 'a JSON object of movement settings',
} as const
