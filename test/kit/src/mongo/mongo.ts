import { createServer } from 'node:net'
import type { Document } from 'bson'
import { createListener } from '../listener.ts'
import { createDatabase } from './database.ts'
import { readMessages, writeReply } from './wire.ts'

/** A stand-in for a MongoDB server. */
export interface Mongo {
  readonly host: string
  readonly port: number
  /** `mongodb://host:port/test`. */
  readonly url: string
  /** Names of the commands that came, greetings left out. */
  readonly commands: readonly string[]
  /** Answers the next command of that name with an error. */
  failNext(name: string, error: { readonly code: number; readonly codeName?: string; readonly errmsg: string }): void
  close(): Promise<void>
}

const GREETINGS = new Set(['hello', 'isMaster', 'ismaster'])

/**
 * Starts a stand-in for MongoDB on 127.0.0.1: a single server without accounts, its documents in memory, that speaks
 * the published wire protocol to real drivers of version 4 and later. No package ships the real server.
 */
export async function startMongo(): Promise<Mongo> {
  const database = createDatabase()
  const commands: string[] = []
  const failures: { readonly name: string; readonly reply: Document }[] = []
  const answer = (command: Document): Document => {
    const [name = ''] = Object.keys(command)
    if (!GREETINGS.has(name)) commands.push(name)
    const at = failures.findIndex((failure) => failure.name === name)
    return at === -1 ? database.run(command) : (failures.splice(at, 1)[0]?.reply ?? {})
  }
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      const { requests, rest } = readMessages(Buffer.concat([bytes, chunk]))
      bytes = Buffer.from(rest)
      for (const request of requests) {
        const reply = answer(request.command)
        if (request.wantsReply) socket.write(writeReply(request, reply))
      }
    })
  })
  const listener = createListener(server, 0)
  const port = await listener.accept()
  return {
    host: '127.0.0.1',
    port,
    url: `mongodb://127.0.0.1:${port}/test`,
    commands,
    failNext: (name, error) => {
      failures.push({ name, reply: { ok: 0, ...error } })
    },
    close: async () => await listener.close(),
  }
}
