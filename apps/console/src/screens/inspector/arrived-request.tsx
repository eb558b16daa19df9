/** One request that arrived in this page: whether its signature verifies, and every byte of it. */
import { useState } from 'react'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Pill } from '../../parts/pill.tsx'
import { exactly } from '../../parts/relative-time.tsx'
import { bytesOf } from './judge-request.ts'
import type { Arrival } from './use-arrivals.ts'

interface Props {
  readonly arrival: Arrival
  /** At first: who reads it must not see it close because another one has come. */
  readonly isOpen: boolean
}

export function ArrivedRequest({ arrival, isOpen }: Props) {
  const [isOpenAtFirst] = useState(isOpen)
  const { request, judgement, status } = arrival
  const headers = request.headers.map(([name, value]) => `${name}: ${value}`).join('\n')
  const body = new TextDecoder().decode(bytesOf(request.body_base64))
  return (
    <details open={isOpenAtFirst} className="rounded-lg border border-line bg-surface p-4">
      <summary className="cursor-pointer">
        <Pill tone={judgement.isVerified ? 'good' : 'bad'}>
          {judgement.isVerified ? 'Verified' : 'Not verified'}
        </Pill>{' '}
        {exactly(request.received_at)}, {status === null ? 'not answered in time' : `answered ${status}`}
      </summary>
      <div className="mt-3 grid gap-3">
        <p>{judgement.says}</p>
        <CodeBlock what="the headers of the request" text={headers} />
        <CodeBlock what="the body of the request" text={body} />
      </div>
    </details>
  )
}
