import { EndpointHealth } from './endpoint-health.ts'
import { CLOSING_MILLIS, restoreSettings } from './export-messages.ts'
import type { ExportWorkerData, MessageFromWorker, MessageToWorker } from './export-messages.ts'
import { Exporter } from './exporter.ts'
import type { OutboxEntry } from './outbox.ts'
import type { Signal } from './settings.ts'

// Of the time that somebody is blocked, this is left for telling what became of everything.
const TELLING_MILLIS = 50

/** Runs the export thread: sends what the port brings, and tells there what became of it. */
export function runExportWorker({ port, control, settings }: ExportWorkerData): void {
  const finished = new Int32Array(control)
  const tell = (message: MessageFromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  const unsent = new Map<number, OutboxEntry>()
  let finishing: Finishing | undefined

  const look = (): void => {
    if (finishing === undefined) return
    const { round, vain, timers } = finishing
    for (const { batch } of unsent.values()) if (!vain.has(batch.signal)) return
    for (const timer of timers) clearTimeout(timer)
    finishing = undefined
    Atomics.store(finished, 0, round)
    Atomics.notify(finished, 0)
  }
  const exporter = new Exporter(
    restoreSettings(settings),
    { health: new EndpointHealth((text, news) => tell({ kind: 'line', text, news }), 'waits in memory') },
    {
      onDone: (id, outcomes, free) => {
        // What is still read must not become somebody else's.
        const memory = free ?? unsent.get(id)?.batch.bytes.buffer.slice() ?? new ArrayBuffer(0)
        unsent.delete(id)
        tell({ kind: 'done', id, outcomes, memory }, [memory])
        look()
      },
      onSuccess: (signal) => tell({ kind: 'success', signal }),
      onFailure: (signal, problem) => tell({ kind: 'failure', signal, problem }),
      onGiveUp: (round, signal) => {
        tell({ kind: 'giveUp', round, signal })
        if (finishing?.round !== round) return
        finishing.vain.add(signal)
        look()
      },
    },
  )
  const giveUpAll = (): void => {
    exporter.stopWaiting()
    for (const { batch } of unsent.values()) finishing?.vain.add(batch.signal)
    look()
  }
  port.on('message', (message: MessageToWorker) => {
    switch (message.kind) {
      case 'send':
        unsent.set(message.entry.id, message.entry)
        exporter.send(message.entry)
        break
      case 'hurry':
        exporter.hurry(message.round)
        break
      case 'stopWaiting':
        // What has come before is to be read before it.
        setImmediate(() => exporter.stopWaiting())
        break
      case 'finish': {
        const { round, endsAt, isKept } = message
        const before = (millis: number, act: () => void): NodeJS.Timeout =>
          setTimeout(() => setImmediate(act), Math.max(endsAt - millis - Date.now(), 0))
        finishing = {
          round,
          vain: new Set(),
          timers: [
            ...(isKept ? [before(CLOSING_MILLIS, () => exporter.close(round))] : []),
            before(TELLING_MILLIS, giveUpAll),
          ],
        }
        exporter.hurry(round)
        look()
        break
      }
    }
  })
  tell({ kind: 'ready' })
}

interface Finishing {
  readonly round: number
  /** Signals for which further waiting is in vain. */
  readonly vain: Set<Signal>
  readonly timers: readonly NodeJS.Timeout[]
}
