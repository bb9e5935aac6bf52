import { startProgram } from '@plutus/test-kit'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** An address where connections neither succeed nor fail, as with a dead host or a firewall that drops. */
export interface BlackHole {
  readonly url: string
  close(): Promise<void>
}

// More than the system queues for a backlog of 1.
const FILLERS = 6

/** Opens a black hole on 127.0.0.1. Only Linux leaves connections beyond the backlog without an answer. */
export async function openBlackHole(): Promise<BlackHole> {
  const file = fileURLToPath(new URL('programs/black-hole.cjs', import.meta.url))
  const program = startProgram({ file, hook: 'none', ready: /^\d+$/, timeoutMillis: 0 })
  const port = Number(await program.ready)
  const fillers: Socket[] = []
  for (let index = 0; index < FILLERS; index++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of fillers) socket.destroy()
      await program.stop()
    },
  }
}
