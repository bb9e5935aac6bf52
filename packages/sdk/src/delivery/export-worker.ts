import { EndpointHealth } from './endpoint-health.ts'
import { restoreSettings } from './export-messages.ts'
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
    const { round, vain, timer, givesBack } = finishing
    for (const { batch, isReplay } of unsent.values()) if (isReplay !== true && !vain.has(batch.signal)) return
    clearTimeout(timer)
    finishing = undefined
    if (givesBack) giveBack()
    Atomics.store(finished, 0, round)
    Atomics.notify(finished, 0)
  }
  const giveBack = (): void => {
    for (const [id, entry] of unsent) {
      if (entry.isReplay === true || entry.batch.ticket !== undefined) continue
      unsent.delete(id)
      tell({ kind: 'back', entry }, [entry.batch.bytes.buffer])
    }
  }
  const exporter = new Exporter(
    restoreSettings(settings),
    { health: new EndpointHealth((text, news) => tell({ kind: 'line', text, news }), 'waits in memory') },
    {
      onDone: (id, outcomes) => {
        const memory = unsent.get(id)?.batch.bytes.buffer ?? new ArrayBuffer(0)
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
      case 'finish':
        finishing = {
          round: message.round,
          vain: new Set(),
          givesBack: message.givesBack,
          timer: setTimeout(() => setImmediate(giveUpAll), Math.max(message.endsAt - TELLING_MILLIS - Date.now(), 0)),
        }
        exporter.hurry(message.round)
        look()
        break
    }
  })
  tell({ kind: 'ready' })
}

interface Finishing {
  readonly round: number
  /** Signals for which further waiting is in vain. */
  readonly vain: Set<Signal>
  readonly givesBack: boolean
  readonly timer: NodeJS.Timeout
}
