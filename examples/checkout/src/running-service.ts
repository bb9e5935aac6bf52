import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startProgram } from '@plutus/test-kit'
import type { Program } from '@plutus/test-kit'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))

/** An answer of the service. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, `undefined` if it is none. */
  readonly json: Record<string, unknown> | undefined
}

/** What a request to the service holds beside its path. */
interface Ask {
  readonly method?: string
  readonly token?: string | undefined
  /** Sent as JSON unless it is text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The real service in a child process. */
export interface RunningService {
  readonly url: string
  readonly program: Program
  readonly password: string
  ask(path: string, ask?: Ask): Promise<Reply>
  /** Logs in and gives the session's token; with the password of the start unless told. */
  logIn(email: string, withPassword?: string): Promise<string>
}

/** Starts the service on a free port, with users whose password is made up here. */
export async function startRunningService(env: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  const password = randomBytes(9).toString('base64url')
  const program = startProgram({
    file: SERVER,
    hook: 'none',
    env: { PORT: '0', SEED_PASSWORD: password, ...env },
    ready: /"msg":"listening"/,
    timeoutMillis: 0,
  })
  const { address: url } = JSON.parse(await program.ready) as { address: string }
  const ask: RunningService['ask'] = async (path, { method, token, body, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      redirect: 'manual',
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }
  return {
    url,
    program,
    password,
    ask,
    logIn: async (email, withPassword = password) => {
      const { json, status } = await ask('/login', { body: { email, password: withPassword } })
      if (typeof json?.['token'] !== 'string') throw new Error(`Log-in of ${email} was answered ${status}`)
      return json['token']
    },
  }
}
