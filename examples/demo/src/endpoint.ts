import { connect } from 'node:net'
import { DemoError } from './demo-error.ts'

const CONNECT_MILLIS = 3000
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** An endpoint as it may be printed: user, password and query can be keys. */
export function showEndpoint({ origin, pathname }: URL): string {
  return pathname === '/' ? origin : origin + pathname
}

/**
 * Checks that something listens where telemetry shall go; whether it is an OTLP backend shows later.
 *
 * @throws {DemoError} if nothing does.
 */
export async function checkReachable(endpoint: URL): Promise<void> {
  const { hostname, port, protocol, host } = endpoint
  const reason = await new Promise<string | undefined>((resolve) => {
    const options = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || PORTS[protocol]),
      timeout: CONNECT_MILLIS,
    }
    const socket = connect(options)
    const finish = (result?: string): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => finish())
    socket.once('timeout', () => finish('no answer in time'))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'refused'))
  })
  if (reason === undefined) return
  throw new DemoError(`Nothing listens at ${host} (${reason}). Start the backend first, or leave out --endpoint.`)
}
