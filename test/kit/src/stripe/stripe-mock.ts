import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A running mock server of Stripe's own. */
export interface StripeMock {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

const VERSION = 'v0.203.0'
const SUFFIX = process.platform === 'win32' ? '.exe' : ''
const FOLDER = fileURLToPath(new URL(`../../../../node_modules/.cache/stripe-mock/${VERSION}/`, import.meta.url))
const BINARY = join(FOLDER, `stripe-mock${SUFFIX}`)
const BUILD_MILLIS = 600_000

/** Stripe's mock server, `github.com/stripe/stripe-mock`: answers every path of the API with fixtures, by its schema. */
export const stripeMock = {
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  get reason(): string {
    if (existsSync(BINARY)) return ''
    try {
      execFileSync('go', ['version'], { stdio: 'ignore' })
      return ''
    } catch {
      return 'no Go to build stripe-mock with'
    }
  },
  /** Starts it on a free port of 127.0.0.1. The first time on a machine it is built, which takes about a minute. */
  start: startStripeMock,
}

async function startStripeMock(): Promise<StripeMock> {
  if (!existsSync(BINARY)) await build()
  const child = spawn(BINARY, ['-http-addr', '127.0.0.1:'], { stdio: ['ignore', 'pipe', 'inherit'] })
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

/** Builds into a folder of its own and moves the result, so that two builds at once do no harm. */
async function build(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const folder = mkdtempSync(join(FOLDER, 'build-'))
  try {
    await promisify(execFile)('go', ['install', `github.com/stripe/stripe-mock@${VERSION}`], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false' },
      timeout: BUILD_MILLIS,
    })
    renameSync(join(folder, `stripe-mock${SUFFIX}`), BINARY)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
