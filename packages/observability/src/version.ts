/** The version of the house, as `scanhook_build_info` and every log line say it. All workspaces share one. */
import manifest from '../package.json' with { type: 'json' }

export const version: string = manifest.version
