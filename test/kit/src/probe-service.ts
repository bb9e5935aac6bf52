// Run as `node probe-service.ts <service> <url>`: prints nothing if the server answers, else why not.
import { connect } from 'node:net'
import { Client } from 'pg'

const TIMEOUT_MILLIS = 3000

/** What to say to a server, and what it says that shows it is the right one and lets a test in. */
interface Greeting {
  readonly port: number
  readonly say?: string
  readonly accepts: (answer: string) => boolean
}

const GREETINGS: Readonly<Record<string, Greeting>> = {
  // The handshake: three bytes of length, packet number 0, protocol 10.
  mysql: { port: 3306, accepts: (answer) => answer.slice(3, 5) === '\0\n' },
  redis: { port: 6379, say: 'PING\r\n', accepts: (answer) => answer.startsWith('+PONG') },
  rabbitmq: { port: 5672, say: 'AMQP\0\0\t\u0001', accepts: (answer) => answer.startsWith('\u0001\0\0') },
  nats: { port: 4222, accepts: (answer) => /^INFO (?!.*"auth_required":true)/.test(answer) },
}

async function probe(service: string, url: string): Promise<string> {
  if (service === 'postgres') return await probePostgres(url)
  const greeting = GREETINGS[service]
  return greeting ? await greet(new URL(url), greeting) : 'unknown service'
}

async function probePostgres(connectionString: string): Promise<string> {
  const client = new Client({ connectionString, connectionTimeoutMillis: TIMEOUT_MILLIS })
  try {
    await client.connect()
    await client.query('SELECT 1')
    return ''
  } catch (error) {
    return describe(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function greet(url: URL, { port, say, accepts }: Greeting): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || port), timeout: TIMEOUT_MILLIS })
    const finish = (reason: string): void => {
      socket.destroy()
      resolve(reason)
    }
    socket.once('connect', () => socket.write(say ?? '', 'latin1'))
    socket.once('data', (data) => finish(accepts(data.toString('latin1')) ? '' : 'it answers otherwise'))
    socket.once('timeout', () => finish('no answer in time'))
    socket.once('error', (error) => finish(describe(error)))
    socket.once('end', () => finish('it hangs up'))
  })
}

function describe(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'refused'
}

const [service = '', url = ''] = process.argv.slice(2)
probe(service, url).then(
  (reason) => process.stdout.write(reason),
  (error: unknown) => process.stdout.write(describe(error)),
)
