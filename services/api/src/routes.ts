/** All routes of the control plane, over the ports that they need. The OpenAPI document is made from the same list. */
import { type ApiKeyPorts, addApiKeyRoutes } from './api-keys/routes.ts'
import { addAssetHistoryRoutes } from './asset-history/routes.ts'
import { addAssetLocationRoutes } from './asset-locations/routes.ts'
import { addAssetRoutes } from './assets/routes.ts'
import { addAttemptRoutes } from './attempts/routes.ts'
import { addAuditLogRoute } from './audit-log/routes.ts'
import { addBulkRoutes, type BulkPorts } from './bulk/routes.ts'
import { addCheckRoutes, type CheckPorts } from './checks/routes.ts'
import { addConsoleRoutes, type ConsolePorts } from './console/routes.ts'
import { addDeliveryRoutes } from './deliveries/routes.ts'
import { addDocsRoutes, type DocsPorts } from './docs/routes.ts'
import { addEventTypeRoutes } from './event-types/routes.ts'
import { addEventRoutes } from './events/routes.ts'
import { addFeedRoutes, type FeedPorts } from './feed/routes.ts'
import { addFilterPreviewRoute } from './filter-preview/routes.ts'
import { addJobRoutes, type JobPorts } from './jobs/routes.ts'
import { addListenerRoutes, type ListenerPorts } from './listeners/routes.ts'
import { addLiveRoutes, type LivePorts } from './live/routes.ts'
import { addLocationCountRoute, type LocationCountPorts } from './location-counts/routes.ts'
import { addLocationRoutes } from './locations/routes.ts'
import { addTokenRoute, type TokenPorts } from './oauth/routes.ts'
import { addOperatorRoutes, type OperatorPorts } from './operator/routes.ts'
import { addOrganizationRoutes, type OrganizationPorts } from './organization/routes.ts'
import { addPortalRoutes, type PortalPorts } from './portal/routes.ts'
import { addRecoverRoute } from './recovery/routes.ts'
import { addResendManyRoutes, addResendRoute } from './resend/routes.ts'
import { addRotateRoute, type RotatePorts } from './rotation/routes.ts'
import { addScanDeviceRoutes } from './scan-devices/routes.ts'
import { addScanPointRoutes } from './scan-points/routes.ts'
import type { Api } from './server.ts'
import { addSettingsRoutes } from './settings/routes.ts'
import { addSignRoute, type SignPorts } from './signed-request/routes.ts'
import { addTagRoutes } from './tags/routes.ts'
import { addTriggerRoute, type TriggerPorts } from './trigger/routes.ts'
import { addUnknownTagRoutes } from './unknown-tags/routes.ts'
import { addUsageRoutes, type UsagePorts } from './usage/routes.ts'
import { addWebhookActivityRoute } from './webhook-activity/routes.ts'
import { addWebhookStatisticsRoute, type StatisticsPorts } from './webhook-statistics/routes.ts'
import { addWebhookRoutes, type WebhookPorts } from './webhooks/routes.ts'
import { addWhyRoute } from './why/routes.ts'

type PortOf<F extends (api: Api, port: never) => void> = Parameters<F>[1]

/** By what the routes are about. */
export interface RoutePorts {
  readonly organizations: OrganizationPorts
  readonly apiKeys: ApiKeyPorts
  readonly oauth: TokenPorts
  readonly portal: PortalPorts
  readonly auditLog: PortOf<typeof addAuditLogRoute>
  readonly assets: PortOf<typeof addAssetRoutes>
  readonly tags: PortOf<typeof addTagRoutes>
  readonly locations: PortOf<typeof addLocationRoutes>
  readonly scanDevices: PortOf<typeof addScanDeviceRoutes>
  readonly scanPoints: PortOf<typeof addScanPointRoutes>
  readonly bulk: Pick<BulkPorts, 'rehearse'>
  readonly settings: PortOf<typeof addSettingsRoutes>
  readonly webhooks: WebhookPorts & RotatePorts
  readonly webhookActivity: PortOf<typeof addWebhookActivityRoute>
  readonly webhookStatistics: StatisticsPorts
  readonly trigger: TriggerPorts
  readonly listeners: ListenerPorts
  readonly checks: CheckPorts
  readonly jobs: JobPorts
  readonly log: PortOf<typeof addDeliveryRoutes> &
    PortOf<typeof addResendRoute> &
    SignPorts &
    PortOf<typeof addWhyRoute> & {
      readonly attempts: PortOf<typeof addAttemptRoutes>
      readonly events: PortOf<typeof addEventRoutes>
    }
  readonly live: LivePorts
  readonly usage: UsagePorts
  readonly operator: OperatorPorts
  readonly filterPreview: PortOf<typeof addFilterPreviewRoute>
  readonly assetLocations: PortOf<typeof addAssetLocationRoutes>
  readonly locationCounts: LocationCountPorts
  readonly assetScans: PortOf<typeof addAssetHistoryRoutes>
  readonly unknownTags: PortOf<typeof addUnknownTagRoutes>
  readonly feed: FeedPorts
  readonly docs: DocsPorts
  readonly console: ConsolePorts
}

/** Calls nothing of the ports. */
export function addRoutes(api: Api, ports: RoutePorts): void {
  addOrganizationRoutes(api, ports.organizations, ports.operator)
  addApiKeyRoutes(api, ports.apiKeys)
  addTokenRoute(api, ports.oauth)
  addPortalRoutes(api, ports.portal)
  addAuditLogRoute(api, ports.auditLog)
  addAssetRoutes(api, ports.assets)
  addTagRoutes(api, ports.tags)
  addLocationRoutes(api, ports.locations)
  addScanDeviceRoutes(api, ports.scanDevices)
  addScanPointRoutes(api, ports.scanPoints)
  addBulkRoutes(api, { ...ports, ...ports.bulk })
  addSettingsRoutes(api, ports.settings)
  addWebhookRoutes(api, ports.webhooks)
  addWebhookActivityRoute(api, ports.webhookActivity)
  addWebhookStatisticsRoute(api, ports.webhookStatistics)
  addTriggerRoute(api, ports.trigger)
  addListenerRoutes(api, ports.listeners)
  addCheckRoutes(api, ports.checks)
  addRotateRoute(api, ports.webhooks)
  addRecoverRoute(api, ports.jobs)
  addJobRoutes(api, ports.jobs)
  addEventTypeRoutes(api)
  addDeliveryRoutes(api, ports.log)
  addAttemptRoutes(api, ports.log.attempts)
  addLiveRoutes(api, ports.live)
  addResendRoute(api, ports.log)
  addResendManyRoutes(api, ports.jobs)
  addSignRoute(api, ports.log)
  addEventRoutes(api, ports.log.events)
  addWhyRoute(api, ports.log)
  addUsageRoutes(api, ports.usage)
  addOperatorRoutes(api, ports.operator)
  addFilterPreviewRoute(api, ports.filterPreview)
  addFeedRoutes(api, ports.feed)
  addAssetLocationRoutes(api, ports.assetLocations)
  addLocationCountRoute(api, ports.locationCounts)
  addAssetHistoryRoutes(api, ports.assetScans)
  addUnknownTagRoutes(api, ports.unknownTags)
  addDocsRoutes(api, ports.docs)
  addConsoleRoutes(api, ports.console)
}
