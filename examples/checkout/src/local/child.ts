import { fork } from 'node:child_process'

/** A server of our own in a process of its own. */
export interface LocalServer {
  /** What it told when it was ready. */
  readonly ready: Readonly<Record<string, string>>
  tell(message: Readonly<Record<string, string>>): void
  stop(): Promise<void>
}

/** Starts `file` as a child process and waits for its first message. */
export function startLocalServer(file: URL): Promise<LocalServer> {
  const child = fork(file, [], {
    // What Node was told for the service is not meant for its servers.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${file.pathname} ended with ${code} before it was ready`)))
    child.once('message', (message) => {
      resolve({
        ready: readMessage(message),
        tell: (text) => {
          child.send(text)
        },
        stop: () => {
          if (child.connected) child.disconnect()
          return exited
        },
      })
    })
  })
}

/** Takes a message between parent and child as texts by name. */
export function readMessage(message: unknown): Record<string, string> {
  if (typeof message !== 'object' || message === null) return {}
  return Object.fromEntries(
    Object.entries(message).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
