/** Settings of every service that reads or writes Avro. */
import { address, type Setting, text } from '@scanhook/config/settings'

export const schemasSettings: {
  readonly REGISTRY_URL: Setting<string>
  readonly SCHEMA_CACHE_DIR: Setting<string>
} = {
  REGISTRY_URL: address(
    {
      description:
        'Address of the Confluent-compatible schema registry, with user and password where it has them',
      isSecret: true,
    },
    ['http', 'https'],
  ),
  SCHEMA_CACHE_DIR: text({
    description: 'Folder in which schema ids and writer schemas are kept',
    default: '.run/schemas',
    reason:
      'inside the checkout; in a cluster a volume that outlives the pod, so that a start does not need the registry',
  }),
}
