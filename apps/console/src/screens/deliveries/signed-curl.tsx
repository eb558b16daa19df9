/** The request of a delivery as a command line that is signed when it is asked for, so that receivers accept it. */

import { writeCurl } from '@scanhook/client/write-curl'
import { useMutation } from '@tanstack/react-query'
import { api, dataOf, type Model } from '../../api/api.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Icon } from '../../parts/icon.tsx'
import { exactly, RelativeTime } from '../../parts/relative-time.tsx'
import { Failure } from '../../parts/states.tsx'
import { useAnnounce } from '../../shell/announcements.tsx'

interface Signed {
  readonly request: Model<'SignedRequest'>
  readonly command: string
  readonly isCopied: boolean
}

export function SignedCurl({ deliveryId }: { readonly deliveryId: string }) {
  const announce = useAnnounce()
  const mayWrite = useMay('webhooks:write')
  const signing = useMutation({
    mutationFn: async (): Promise<Signed> => {
      const asked = dataOf(
        api.POST('/api/v1/deliveries/{delivery_id}/sign', {
          params: { path: { delivery_id: deliveryId } },
        }),
      ).then((request) => ({ request, command: writeCurl(request) }))
      const isCopied = await copyLater(asked.then(({ command }) => command))
      return { ...(await asked), isCopied }
    },
    onSuccess: ({ isCopied }) =>
      isCopied
        ? announce.done('Copied as signed curl.')
        : announce.failed('The browser did not let it be copied: select it and copy it by hand.'),
  })
  const { data } = signing
  return (
    <>
      <Button
        disabled={!mayWrite}
        isBusy={signing.isPending}
        title={mayWrite ? undefined : 'Your session may look at deliveries, and not sign requests.'}
        onClick={() => signing.mutate()}
      >
        <Icon name="copy" /> Copy as signed curl
      </Button>
      <div role="status" className="min-w-0 basis-full empty:hidden">
        {data !== undefined && (
          <p>
            {data.isCopied ? 'Copied. ' : ''}It is signed now, with the secrets that the endpoint has now:
            receivers accept it until{' '}
            <time dateTime={data.request.accepted_until}>{exactly(data.request.accepted_until)}</time>,{' '}
            <RelativeTime at={data.request.accepted_until} />.
          </p>
        )}
      </div>
      {data !== undefined && !data.isCopied && (
        <div className="min-w-0 basis-full">
          <CodeBlock what="the signed command" text={data.command} />
        </div>
      )}
      {signing.isError && (
        <div className="min-w-0 basis-full">
          <Failure error={signing.error} />
        </div>
      )}
    </>
  )
}

/** What is to be copied comes later than the click: Safari lets only what was promised at the click be copied then. */
async function copyLater(text: Promise<string>): Promise<boolean> {
  // A refusal of the API is told where it is awaited, not as one of the clipboard.
  const blob = text.then((plain) => new Blob([plain], { type: 'text/plain' }))
  try {
    if (typeof ClipboardItem === 'undefined') await navigator.clipboard.writeText(await text)
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
    return true
  } catch {
    return false
  }
}
