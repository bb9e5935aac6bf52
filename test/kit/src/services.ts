import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Name of a server that tests use for real. */
export type ServiceName = 'postgres' | 'mysql' | 'redis' | 'rabbitmq' | 'nats'

/** A server that may be there. */
export interface Service {
  /** Its address: the environment variable's, else the default local one. May hold a password. */
  readonly url: string
  /** Whether it answered; asked once per process, when this is first read, for at most three seconds. */
  readonly available: boolean
  /** Why it is not available, naming the variable that would point to another; empty if it is. */
  readonly reason: string
}

const PROBE = fileURLToPath(new URL('probe-service.ts', import.meta.url))
const PROBE_MILLIS = 5000

/** The servers that tests use for real, each by its variable or the default local port. */
export const services: Readonly<Record<ServiceName, Service>> = {
  postgres: describeService('postgres', 'DATABASE_URL', 'postgres://postgres@127.0.0.1:5432/postgres'),
  mysql: describeService('mysql', 'MYSQL_URL', 'mysql://root@127.0.0.1:3306/test'),
  redis: describeService('redis', 'REDIS_URL', 'redis://127.0.0.1:6379'),
  rabbitmq: describeService('rabbitmq', 'RABBITMQ_URL', 'amqp://guest:guest@127.0.0.1:5672'),
  nats: describeService('nats', 'NATS_URL', 'nats://127.0.0.1:4222'),
}

function describeService(name: ServiceName, variable: string, defaultUrl: string): Service {
  const url = process.env[variable] || defaultUrl
  let answer: string | undefined
  const probe = (): string => (answer ??= reasonAgainst(name, url, variable))
  return {
    url,
    get available() {
      return probe() === ''
    },
    get reason() {
      return probe()
    },
  }
}

/** Asks in a child process, since tests decide while they are collected, which cannot wait. */
function reasonAgainst(name: ServiceName, url: string, variable: string): string {
  try {
    const options = { encoding: 'utf8', timeout: PROBE_MILLIS, stdio: 'pipe' } as const
    const answer = execFileSync(process.execPath, [PROBE, name, url], options).trim()
    return answer === '' ? '' : `no ${name} server (${answer}); ${variable} names another`
  } catch {
    return `no ${name} server (no answer in time); ${variable} names another`
  }
}
