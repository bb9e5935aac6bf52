/** Tells how far the work is. */
export interface Progress {
  /** What is going on now, and the figure or name that changes meanwhile. */
  readonly step: (name: string, detail?: string) => void
  /** Takes the line away. */
  readonly end: () => void
}

const CLEAR_LINE = '\r\u001b[2K'
const TICK_MILLIS = 100
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** One line that changes on a terminal; elsewhere a line for each step without its details. */
export function createProgress(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Progress {
  if (!stream.isTTY || env['TERM'] === 'dumb') {
    let last = ''
    return {
      step: (name) => {
        if (name !== last) stream.write(`${name} …\n`)
        last = name
      },
      end: () => undefined,
    }
  }
  let current = ''
  let tick = 0
  let timer: NodeJS.Timeout | undefined
  const draw = (): void => {
    const line = `${SPINNER[tick++ % SPINNER.length]} ${current}`
    stream.write(CLEAR_LINE + line.slice(0, (stream.columns || 80) - 1))
  }
  return {
    step: (name, detail) => {
      current = detail === undefined ? name : `${name}: ${detail}`
      if (timer === undefined) {
        timer = setInterval(draw, TICK_MILLIS).unref()
        draw()
      }
    },
    end: () => {
      if (timer === undefined) return
      clearInterval(timer)
      timer = undefined
      stream.write(CLEAR_LINE)
    },
  }
}
