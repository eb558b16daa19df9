/** What a person sees: numbered steps with the time each took, then one line that is kept up to date. */
export interface Steps {
  /** Runs `work` as the next step; a failure is shown under its name and passed on. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>
  say(line: string): void
  /** Replaces the last live line on a terminal; elsewhere (a log) it is written at most every 5 s. */
  live(line: string): void
  /** Leaves the live line standing. */
  settle(): void
}

const liveEveryMs = 5_000

export function stepsOn(out: NodeJS.WriteStream, stepCount: number): Steps {
  let number = 0
  let hasLine = false
  let lastLiveAtMs = Number.NEGATIVE_INFINITY

  function clear(): void {
    if (hasLine) out.write('\r\u001b[K')
    hasLine = false
  }

  function say(line: string): void {
    clear()
    out.write(`${line}\n`)
  }

  function show(line: string): void {
    if (!out.isTTY) return
    clear()
    out.write(line.slice(0, Math.max(20, out.columns - 1)))
    hasLine = true
  }

  return {
    say,
    async step(title, work) {
      const label = `${++number}/${stepCount}`
      const startedAtMs = performance.now()
      show(`${label} ${title} …`)
      const details: string[] = []
      try {
        const result = await work((text) => {
          details.push(text)
          show(`${label} ${title} … ${text}`)
        })
        const detail = details.at(-1)
        say(`${label} ${title}${detail === undefined ? '' : `: ${detail}`} (${seconds(startedAtMs)})`)
        return result
      } catch (error) {
        say(`${label} ${title}: failed after ${seconds(startedAtMs)}`)
        throw error
      }
    },
    live(line) {
      if (out.isTTY) {
        show(line)
        return
      }
      if (performance.now() - lastLiveAtMs < liveEveryMs) return
      lastLiveAtMs = performance.now()
      out.write(`${line}\n`)
    },
    settle() {
      if (hasLine) out.write('\n')
      hasLine = false
    },
  }
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`
}
