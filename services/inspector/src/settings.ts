/** Settings of the inspector. */
import { integer, list, type Setting } from '@scanhook/config/settings'
import { runtimeSettings } from '@scanhook/runtime/settings'

export const inspectorSettings: {
  readonly HOST: Setting<string>
  readonly INSPECTOR_PORT: Setting<number>
  readonly INSPECTOR_BINS: Setting<readonly string[]>
} = {
  HOST: runtimeSettings.HOST,
  INSPECTOR_PORT: integer(
    {
      description: 'Port on which the inspector receives and shows webhooks; 0 takes a free one',
      default: '9000',
      reason: 'above the ports of the process itself (8080, 8081)',
    },
    0,
    65_535,
  ),
  INSPECTOR_BINS: list(
    {
      description:
        'Bins and the secrets with which their signatures are verified, as name:whsec_…, or name:whpk_… for Ed25519',
      default: '',
      reason: 'a bin without a secret receives as well; nothing is said about its signatures',
      isSecret: true,
    },
    { rule: 'name:whsec_… or name:whpk_…', matches: /^[A-Za-z0-9_-]{1,64}:wh(?:sec|pk)_[A-Za-z0-9+/=_-]+$/ },
  ),
}
