/**
 * `secrets-main.ts reseal [--dry-run] [--patience-ms N] [--json]`: seals everything anew under the first key of SECRET_KEYS,
 * and waits until the data plane has been told (docs/runbooks/rotate-secret-keys.md).
 * Exits with 0 when all opens and nothing is under another key any more (with `--dry-run`: when all opens), 1 when something does
 * not open or an old key is still needed, 2 when it could not look.
 */
import { parseArgs } from 'node:util'
import { type Config, text } from '@scanhook/config/settings'
import type { MasterDataChange } from '@scanhook/domain/master-data'
import { openKafka } from '@scanhook/kafka/open'
import { kafkaSettings } from '@scanhook/kafka/settings'
import { openLog } from '@scanhook/observability/log'
import { openMetrics } from '@scanhook/observability/metrics'
import { openPostgres } from '@scanhook/postgres/open'
import { sealedTexts } from '@scanhook/postgres/sealed-texts'
import { postgresSettings } from '@scanhook/postgres/settings'
import { systemClock } from '@scanhook/runtime/clock'
import { lookUpCodecs } from '@scanhook/schemas/open-codecs'
import { schemasSettings } from '@scanhook/schemas/settings'
import { topicNames } from '@scanhook/schemas/topics'
import { keyRingRule, openKeyRing } from '@scanhook/signing/seal'
import { announcedSecrets } from './announced-secrets.ts'
import { refuse, runCommand } from './operator-command.ts'
import { renderReseal } from './render-reseal.ts'
import { heldBy, type ResealPorts, resealSecrets, whereaboutsOf } from './reseal-secrets.ts'

const settings = {
  ...kafkaSettings,
  ...schemasSettings,
  POSTGRES_URL: postgresSettings.POSTGRES_URL,
  SECRET_KEYS: {
    ...text({ description: 'The ring of the api and the dispatcher', isSecret: true }),
    rule: keyRingRule,
  },
}

const usage = 'secrets-main.ts reseal [--dry-run] [--patience-ms N] [--json]'
/** How long what was announced may take to reach `master-data`: the relay looks twice a second. */
const patienceDefaultMs = '30000'
const lookAgainMs = 500

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'dry-run': { type: 'boolean', default: false },
    'patience-ms': { type: 'string', default: patienceDefaultMs },
    json: { type: 'boolean', default: false },
  },
})
const patienceMs = Number(values['patience-ms'])
if (positionals.join(' ') !== 'reseal' || !(Number.isFinite(patienceMs) && patienceMs >= 0)) refuse(usage)
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isStopped = true
  })
await runCommand(settings, process.env, reseal)

async function reseal(config: Config<typeof settings>): Promise<0 | 1> {
  const ring = openKeyRing(config.SECRET_KEYS)
  // Only warnings, and on stderr: stdout is the answer.
  const log = openLog({ name: 'secrets', level: 'warn', write: (line) => process.stderr.write(line) })
  const pg = openPostgres({ url: config.POSTGRES_URL, log, max: 2 })
  const kafka = openKafka(config, { log, metrics: openMetrics() })
  const topic = topicNames(config.TOPIC_PREFIX).masterData
  const codecs = await lookUpCodecs(config, log)
  const admin = await kafka.openAdmin()
  try {
    const partitions = Array.from({ length: await admin.partitionCount(topic) }, (_, partition) => partition)
    const ports: ResealPorts = {
      texts: sealedTexts(pg),
      ring,
      countOnTopic: () =>
        announcedSecrets((apply) =>
          kafka.readToEnd(topic, partitions, ({ value }) =>
            apply(codecs.masterData.decode(value) as MasterDataChange),
          ),
        ),
      isStopped: () => isStopped,
    }
    const isDryRun = values['dry-run']
    const done = await resealSecrets(ports, { isDryRun })
    const where = await settled(ports, ring.keyIds[0], isDryRun ? 0 : patienceMs)
    const held = heldBy(where, ring.keyIds[0])
    process.stdout.write(
      renderReseal({ done, where, held, keyIds: ring.keyIds, isDryRun, isStopped }, values.json),
    )
    if (done.unopenedCount > 0 || isStopped) return 1
    return isDryRun || held.length === 0 ? 0 : 1
  } finally {
    await Promise.all([admin.close(), pg.close()])
  }
}

/** Where everything is once no old key is needed, or after the patience. */
async function settled(ports: ResealPorts, sealingKey: string, waitMs: number) {
  const { monotonicMs, after } = systemClock
  const endMs = monotonicMs() + waitMs
  for (;;) {
    const where = await whereaboutsOf(ports)
    if (heldBy(where, sealingKey).length === 0 || monotonicMs() >= endMs || isStopped) return where
    await new Promise<void>((resolve) => void after(lookAgainMs, resolve))
  }
}
