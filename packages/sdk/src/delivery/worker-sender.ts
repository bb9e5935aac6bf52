import { loadBuiltin } from './builtins.ts'
import type { EndpointNews } from './endpoint-health.ts'
import { cloneSettings } from './export-messages.ts'
import type { ExportWorkerData, MessageFromWorker, MessageToWorker } from './export-messages.ts'
import type { ExportEvents, ExportSettings, Sender } from './exporter.ts'
import type { OutboxEntry } from './outbox.ts'
import type { MessagePort, Worker } from 'node:worker_threads'

/** What an export thread is made from, and who hears of it. */
export interface WorkerSenderOptions {
  readonly settings: ExportSettings
  readonly events: ExportEvents
  /** File that calls `runExportWorker` with its `workerData`. */
  readonly file: URL
  /** Environment of the thread: nothing in it may have a hook loaded. */
  readonly env: NodeJS.ProcessEnv
  /** Hears what there is to tell of an endpoint. */
  readonly onNews: (line: string, news: EndpointNews) => void
  /** Whether the memory of a batch stays here, so that the thread gets a copy: what it then does not send can be kept. */
  readonly isCopied: (entry: OutboxEntry) => boolean
  /** The thread has failed: these batches have not left, and those are lost with it. */
  readonly onBroken: (kept: OutboxEntry[], lost: readonly number[]) => void
}

/** Sends batches by a thread of its own, which neither holds the process nor writes to its streams. */
export class WorkerSender implements Sender {
  readonly #options: WorkerSenderOptions
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #finished = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  /** What waits until the thread listens; absent from then on. */
  #held: MessageToWorker[] | undefined = []
  readonly #away = new Set<number>()
  #isBroken = false
  #round = 0

  /** @throws if the process may not start threads. */
  constructor(options: WorkerSenderOptions) {
    this.#options = options
    const { Worker: WorkerThread, MessageChannel } = loadBuiltin('node:worker_threads')
    const { port1, port2 } = new MessageChannel()
    const workerData: ExportWorkerData = {
      port: port2,
      control: this.#finished.buffer,
      settings: cloneSettings(options.settings),
    }
    this.#worker = new WorkerThread(options.file, {
      name: 'plutus-export',
      workerData,
      transferList: [port2],
      execArgv: lookupFlags(),
      argv: [],
      env: options.env,
      stdin: false,
      stdout: true,
      stderr: true,
      trackUnmanagedFds: false,
    })
    this.#port = port1
    this.#worker.on('error', () => this.#break())
    this.#worker.on('exit', () => this.#break())
    this.#worker.unref()
    port1.on('message', (message: MessageFromWorker) => this.#hear(message))
    port1.unref()
  }

  send(entry: OutboxEntry): void {
    this.#post({ kind: 'send', entry })
  }

  hurry(round: number): void {
    this.#post({ kind: 'hurry', round })
  }

  stopWaiting(): void {
    this.#post({ kind: 'stopWaiting' })
  }

  /**
   * The process ends: has the thread send everything, in `millis` at most. Returns a function that blocks until it has,
   * until further waiting is in vain, or for so many milliseconds, and lets the thread's news be heard.
   *
   * @param isKept whether somebody keeps what is not sent by then, metrics aside.
   */
  finish(millis: number, isKept: boolean): (mostMillis: number) => void {
    if (this.#isBroken) return () => {}
    const over = Atomics.load(this.#finished, 0)
    const round = ++this.#round + FINISH_ROUNDS
    this.#release()
    this.#post({ kind: 'finish', round, endsAt: Date.now() + millis, isKept })
    return (mostMillis) => {
      Atomics.wait(this.#finished, 0, over, Math.max(mostMillis, 0))
      this.hear()
    }
  }

  /** Hears at once what the thread has told, where the event loop does not turn any more. */
  hear(): void {
    const { receiveMessageOnPort } = loadBuiltin('node:worker_threads')
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) {
      this.#hear(got.message as MessageFromWorker)
    }
  }

  #post(message: MessageToWorker): void {
    if (this.#held === undefined) this.#transfer(message)
    else this.#held.push(message)
  }

  #transfer(message: MessageToWorker): void {
    const isMoved = message.kind === 'send' && !this.#options.isCopied(message.entry)
    const transfer = isMoved ? [message.entry.batch.bytes.buffer] : []
    if (message.kind === 'send') this.#away.add(message.entry.id)
    this.#port.postMessage(message, transfer)
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const message of held) this.#transfer(message)
  }

  #hear(message: MessageFromWorker): void {
    const { events, onNews } = this.#options
    switch (message.kind) {
      case 'ready':
        this.#release()
        break
      case 'done':
        this.#away.delete(message.id)
        events.onDone(message.id, message.outcomes, message.memory)
        break
      case 'success':
        events.onSuccess(message.signal)
        break
      case 'failure':
        events.onFailure(message.signal, message.problem)
        break
      case 'giveUp':
        events.onGiveUp(message.round, message.signal)
        break
      case 'line':
        onNews(message.text, message.news)
        break
    }
  }

  #break(): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.hear()
    const kept = (this.#held ?? []).flatMap((message) => (message.kind === 'send' ? [message.entry] : []))
    this.#held = []
    this.#port.close()
    this.#options.onBroken(kept, [...this.#away])
  }
}

// Rounds of `finish` are told from those of `hurry`.
const FINISH_ROUNDS = 1_000_000

/** How the process looks names up, as flags: a thread has none of the process, some of which it would refuse. */
function lookupFlags(): string[] {
  const order = loadBuiltin('node:dns').getDefaultResultOrder()
  return [
    ...(order === 'verbatim' ? [] : [`--dns-result-order=${order}`]),
    ...(loadBuiltin('node:net').getDefaultAutoSelectFamily() ? [] : ['--no-network-family-autoselection']),
  ]
}
