/** The whole installation, for whoever looks after it: what is wrong stands on top, in words and with its runbook; the figures follow. */
import { useOrganization } from '../../api/session.ts'
import { Page } from '../../parts/page.tsx'
import { Empty, Loading } from '../../parts/states.tsx'
import { BreakersSection } from './breakers-section.tsx'
import { HealthCard } from './health-card.tsx'
import { PipelineSection } from './pipeline-section.tsx'
import { PoisonSection } from './poison-section.tsx'
import { SubjectsSection } from './subjects-section.tsx'
import { FailingSection, TenantsSection } from './tenants-section.tsx'
import { ThroughputCard } from './throughput-card.tsx'

export default function OperatorView() {
  const { data: organization } = useOrganization()
  return (
    <Page title="Operator">
      {organization === undefined ? (
        <Loading what="whose installation this is" />
      ) : organization.is_operator ? (
        <Sections />
      ) : (
        <Empty title="This is for whoever runs the installation">
          Your own endpoints, deliveries and jobs are under Webhooks, Deliveries and Recovery.
        </Empty>
      )}
    </Page>
  )
}

function Sections() {
  return (
    <div className="grid min-w-0 gap-6">
      <HealthCard />
      <ThroughputCard />
      <PipelineSection />
      <BreakersSection />
      <FailingSection />
      <TenantsSection />
      <PoisonSection />
      <SubjectsSection />
    </div>
  )
}
