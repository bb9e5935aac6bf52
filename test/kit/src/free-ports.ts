import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below those that a system gives to whoever asks for any, so that nobody is given one before its program listens.
const FIRST_PORT = 15_000
const COUNT = 17_000

let next = randomInt(COUNT)

/** Ports of 127.0.0.1 that nobody listens on now, none of them twice from one process. */
export async function findPorts(count: number): Promise<number[]> {
  const ports: number[] = []
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === COUNT) throw new Error(`there are no ${count} free ports`)
    const port = FIRST_PORT + (next++ % COUNT)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
