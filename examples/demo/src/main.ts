import { DemoError } from './demo-error.ts'
import { runDemo } from './demo.ts'
import { createPage } from './layout.ts'
import { HELP, parseOptions, UsageError, type DemoOptions } from './options.ts'

const WRONG_USAGE = 2
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Ends what the demo started, the newest first; a second call waits for the first. */
class Closers {
  readonly #list: (() => Promise<void>)[] = []
  #closing: Promise<void> | undefined

  readonly add = (close: () => Promise<void>): void => {
    this.#list.push(close)
  }

  async closeAll(): Promise<void> {
    this.#closing ??= (async () => {
      for (let close = this.#list.pop(); close !== undefined; close = this.#list.pop())
        await close().catch(() => undefined)
    })()
    await this.#closing
  }
}

async function main(options: DemoOptions): Promise<number> {
  const closers = new Closers()
  const abort = new AbortController()
  let keptCode: number | undefined
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(code) // asked twice: at once, and the children go too
      abort.abort()
      void closers.closeAll().then(() => process.exit(keptCode ?? code))
    })
  }
  // A reader that has seen enough, such as `head`, is no mishap.
  process.stdout.on('error', () => void closers.closeAll().then(() => process.exit(0)))
  try {
    return await runDemo(options, {
      env: process.env,
      signal: abort.signal,
      onClose: closers.add,
      onKept: (code) => {
        keptCode = code
      },
      page: createPage(process.stdout, process.env),
    })
  } catch (error) {
    if (abort.signal.aborted) return 1
    if (!(error instanceof DemoError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  } finally {
    await closers.closeAll()
  }
}

function readOptions(): DemoOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return undefined
  }
}

const options = readOptions()
if (options === undefined) {
  process.exitCode = WRONG_USAGE
} else if (options.isHelp) {
  process.stdout.write(HELP)
} else {
  void main(options)
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      return 1
    })
    .then((code) => (process.exitCode = code))
}
