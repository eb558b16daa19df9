/** The live view on a terminal: what comes and what is pressed changes it, and each change is drawn. */
import { CliError } from '../exit-codes.ts'
import type { Session } from '../session.ts'
import { type LoopPorts, noStream } from './listen-loop.ts'
import { emptyView, pressed, renderView, summaryOf, type View, withAnswer, withRequest } from './live-view.ts'
import type { RelayedRequest } from './relayed-request.ts'

export interface ScreenPorts {
  readonly view: Pick<View, 'webhookId' | 'secret' | 'target'>
  readonly quit: () => void
  /** Gives what came of it. Throws CliError. */
  readonly resend: (request: RelayedRequest) => Promise<string>
  /** Of the console. Throws CliError. */
  readonly pageOf: (eventId: string) => Promise<string>
}

export interface LiveScreen {
  readonly told: LoopPorts['told']
  readonly note: (text: string) => void
  readonly close: () => void
  /** What is left to read when the screen is given back. */
  readonly summary: () => string
}

/** The session must have a terminal. */
export function openLiveScreen(
  { openTerminal, openUrl }: Pick<Session, 'openTerminal' | 'openUrl'>,
  { view: given, quit, resend, pageOf }: ScreenPorts,
): LiveScreen {
  let view = emptyView(given)
  let isClosed = false
  const terminal = openTerminal?.({
    key: (name) => {
      if (terminal === undefined) return
      const next = pressed(view, name, terminal.size())
      view = next.view
      const { wish } = next
      if (wish?.kind === 'quit') quit()
      else if (wish?.kind === 'resend') void told(resend(wish.request))
      else if (wish?.kind === 'open') void told(open(wish.request.eventId))
      draw()
    },
    resized: () => draw(),
  })

  function draw(): void {
    // What is under way ends after the screen was given back, where it would be drawn over what the shell has written.
    if (terminal !== undefined && !isClosed)
      terminal.draw(renderView(view, terminal.size(), terminal.isColoured))
  }
  function note(text: string): void {
    view = { ...view, note: text.trim() }
    draw()
  }
  async function told(doing: Promise<string>): Promise<void> {
    note(
      await doing.catch((error: unknown) =>
        error instanceof CliError ? error.message : 'that did not work',
      ),
    )
  }
  async function open(eventId: string): Promise<string> {
    const page = await pageOf(eventId)
    openUrl(page)
    return page
  }
  draw()
  return {
    told: {
      came: (request) => {
        view = withRequest(view, request)
        draw()
      },
      answered: (request, answer, tookMs) => {
        view = withAnswer(view, request, answer, tookMs)
        draw()
      },
      connected: (how, isFirst) => {
        if (how === 'answers') note(noStream)
        else if (!isFirst) note('connected again')
      },
      lost: () => note('the connection broke off; coming again'),
    },
    note,
    close: () => {
      isClosed = true
      terminal?.close()
    },
    summary: () => summaryOf(view),
  }
}
