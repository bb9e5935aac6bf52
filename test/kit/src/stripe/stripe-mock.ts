import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createGoProgram } from '../go-program.ts'

/** A running mock server of Stripe's own. */
export interface StripeMock {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

const VERSION = 'v0.203.0'
const PROGRAM = createGoProgram({
  name: 'stripe-mock',
  cache: `stripe-mock/${VERSION}`,
  args: () => ['install', `github.com/stripe/stripe-mock@${VERSION}`],
  env: { GOFLAGS: '-buildvcs=false' },
  buildMillis: 600_000,
})

/** Stripe's mock server, `github.com/stripe/stripe-mock`: answers every path of the API with fixtures, by its schema. */
export const stripeMock = {
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  get reason(): string {
    return PROGRAM.reason
  },
  /** Starts it on a free port of 127.0.0.1. The first time on a machine it is built, which takes about a minute. */
  start: startStripeMock,
}

async function startStripeMock(): Promise<StripeMock> {
  await PROGRAM.ensure()
  const child = spawn(PROGRAM.path, ['-http-addr', '127.0.0.1:'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return {
      host: '127.0.0.1',
      port: Number(port),
      close: async () => {
        child.kill()
        await exited
      },
    }
  }
  throw new Error('stripe-mock ended without listening')
}
