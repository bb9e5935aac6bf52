import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createGoProgram, findPorts, goBuild } from '@plutus/test-kit'

/** How long the first build on a machine may take. */
export const KAFKA_BUILD_MILLIS = 600_000

const PROGRAM = createGoProgram({
  name: 'kafka-in-memory',
  cache: 'kafka/2',
  args: goBuild('.'),
  cwd: fileURLToPath(new URL('../kafka/', import.meta.url)),
  env: { CGO_ENABLED: '0' },
  buildMillis: KAFKA_BUILD_MILLIS,
})

/** A broker that runs. */
export interface Broker {
  /** `127.0.0.1:<port>`. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** Kafka's protocol over records in memory: a broker for tests, built with Go the first time. */
export const kafka = {
  /** Why it cannot be used; empty if it can. */
  get reason(): string {
    return PROGRAM.reason
  },
  ensure: PROGRAM.ensure,
  /** Starts one that has some topics. */
  start: async (topics: readonly string[]): Promise<Broker> => {
    const [port] = await findPorts(1)
    const child = spawn(PROGRAM.path, [String(port), ...topics], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    await Promise.race([
      once(child.stdout, 'data'),
      exited.then(() => Promise.reject(new Error('the broker did not start'))),
    ])
    return {
      address: `127.0.0.1:${port}`,
      close: async () => {
        child.kill('SIGKILL')
        await exited
      },
    }
  },
}
