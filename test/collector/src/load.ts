import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as setTimeoutAsync } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { compareTally } from './compare-tally.ts'
import type { Delivery, Tally } from './compare-tally.ts'
import { makePayloads } from './load-payloads.ts'
import type { Payload } from './load-payloads.ts'
import type { RunningCollector } from './running-collector.ts'

/** What a load did. */
export interface LoadResult extends Delivery {
  readonly recordsPerSecond: number
  readonly spansPerSecond: number
  /** What left for the backend in the same time, by the collectors' own count. */
  readonly sentPerSecond: number
  /** Records and spans of requests that were not answered 200. */
  readonly refused: number
  /** Milliseconds that 99 of 100 answers took, at most. */
  readonly p99Millis: number
  /** What each collector used of the processors, in cores. */
  readonly cores: readonly number[]
  /** What neither collectors nor generator nor backend used: above a little, other programs were in the way. */
  readonly othersCores: number
  /** The most that each collector had resident. */
  readonly peakMib: readonly number[]
}

/** What to send. */
export interface LoadOptions {
  readonly seconds: number
  /** Records a second, and as many spans; as many as are taken without it. */
  readonly rate?: number
  /** Share of the traces that stays, by which some of what is sent must not arrive. @defaultValue 1 */
  readonly keptShare?: number
}

/** The collectors that a load goes through. */
export interface LoadedCollectors {
  /** Which takes it. */
  readonly entry: RunningCollector
  readonly collectors: readonly RunningCollector[]
  /** Those that send to the backend. */
  readonly leaving: readonly RunningCollector[]
}

/** A backend in a process of its own. */
export interface LoadSink {
  readonly url: string
  /** What arrived since the last call, when nothing more has come for some milliseconds. */
  readonly pid: number
  readonly tally: (quietMillis: number) => Promise<Tally>
  readonly close: () => void
}

interface Look {
  readonly at: number
  readonly logs: number
  readonly traces: number
  readonly cpu: readonly number[]
  readonly others: number
  readonly sent: number
}

type LoadSignal = 'logs' | 'traces'

const DISTINCT = 20
const WARM_UP_SECONDS = 1
const SENDERS = 16 // connections for each signal
const TICKS_PER_SECOND = 100
const LAST_BATCH_MILLIS = 1500
const DECISION_MILLIS = 4000 // what is sampled waits for two seconds

/** Starts a backend for a load. */
export async function startSink(): Promise<LoadSink> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('load-sink.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'], // it ends when its input does, however this process ends
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = `http://127.0.0.1:${line.toString().trim()}`
  return {
    url,
    pid: child.pid as number,
    tally: async (quietMillis) => (await (await fetch(`${url}/tally?quiet=${quietMillis}`)).json()) as Tally,
    close: () => void child.kill(),
  }
}

/**
 * Sends records and spans for some seconds, as fast as they are taken or at a rate of each, measures the collectors, and
 * compares what arrived with what they had taken.
 */
export async function load(
  { entry, collectors, leaving }: LoadedCollectors,
  sink: LoadSink,
  { seconds, rate = Infinity, keptShare = 1 }: LoadOptions,
): Promise<LoadResult> {
  const payloads = { logs: makePayloads('logs', DISTINCT), traces: makePayloads('traces', DISTINCT) }
  const taken = { logs: 0, traces: 0, refused: 0 }
  const millis: number[] = []
  const start = performance.now()
  const until = start + (WARM_UP_SECONDS + seconds) * 1000
  const next = { logs: 0, traces: 0 }
  const sendAll = async (signal: LoadSignal): Promise<void> => {
    const failed = Promise.withResolvers<never>()
    const sender = new Sender(entry.ports.http, failed.reject)
    for (;;) {
      const n = next[signal]++
      const payload = payloads[signal][n % DISTINCT] as Payload
      const due = start + ((n * payload.ids.length) / rate) * 1000
      if (Math.max(due, performance.now()) >= until) break
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()))
      const sentAt = performance.now()
      const status = await Promise.race([sender.post(signal, payload.body), failed.promise])
      millis.push(performance.now() - sentAt)
      if (status === 200) {
        taken[signal] += payload.ids.length
        payload.taken++
      } else {
        taken.refused += payload.ids.length
        payload.refused++
      }
    }
    sender.close()
  }
  const look = async (): Promise<Look> => ({
    at: performance.now(),
    ...taken,
    cpu: collectors.map(cpuSeconds),
    others: othersCpuSeconds([...collectors, sink, process]),
    sent: await sentBy(leaving),
  })
  const sending = Promise.all(Array.from({ length: SENDERS }, () => [sendAll('logs'), sendAll('traces')]).flat())
  // Both looks are taken while requests are on their way, so that neither the first nor the last answer counts for much.
  await Promise.race([sending, setTimeoutAsync(WARM_UP_SECONDS * 1000)])
  const before = await look()
  await Promise.race([sending, setTimeoutAsync(until - performance.now())])
  const after = await look()
  await sending
  const peakMib = collectors.map(peakMibOf)
  const elapsed = (after.at - before.at) / 1000
  const tally = await sink.tally(keptShare < 1 ? DECISION_MILLIS : LAST_BATCH_MILLIS)
  millis.sort((a, b) => a - b)
  return {
    recordsPerSecond: Math.round((after.logs - before.logs) / elapsed),
    spansPerSecond: Math.round((after.traces - before.traces) / elapsed),
    sentPerSecond: Math.round((after.sent - before.sent) / elapsed),
    refused: taken.refused,
    p99Millis: Math.round(millis[Math.floor(millis.length * 0.99)] ?? Number.NaN),
    cores: after.cpu.map((one, n) => round((one - (before.cpu[n] as number)) / elapsed)),
    othersCores: round((after.others - before.others) / elapsed),
    peakMib,
    ...compareTally(payloads, tally, keptShare),
  }
}

/** A connection that sends one request after the other: HTTP by hand, which takes less than Node's own client. */
class Sender {
  readonly #socket: Socket
  #answer = ''
  #settle: ((status: number) => void) | undefined

  constructor(port: number, onError: (error: Error) => void) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    this.#socket.once('error', onError).on('data', (text: string) => this.#take(text))
  }

  /** Sends a request, and gives the status of its answer. */
  async post(signal: LoadSignal, body: Buffer): Promise<number> {
    const head = `POST /v1/${signal} HTTP/1.1\r\nHost: load\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    this.#socket.write(body)
    this.#socket.uncork()
    return await new Promise((resolve) => (this.#settle = resolve))
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#answer += text
    const end = this.#answer.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0)
    if (this.#answer.length < end + 4 + length) return
    const status = Number(this.#answer.slice(9, 12)) // HTTP/1.1 200
    this.#answer = ''
    this.#settle?.(status)
  }
}

/** What the collectors sent over HTTP, by their own metrics. */
async function sentBy(collectors: readonly RunningCollector[]): Promise<number> {
  const texts = await Promise.all(
    collectors.map(async ({ ports }) => await (await fetch(`http://127.0.0.1:${ports.telemetry}/metrics`)).text()),
  )
  const lines = texts
    .flatMap((page) => page.split('\n'))
    .filter((line) => /^otelcol_exporter_sent_(?:log_records|spans)/.test(line))
  return lines
    .filter((line) => line.includes('otlp_http'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

function round(cores: number): number {
  return Math.round(cores * 1000) / 1000
}

function cpuSeconds({ pid }: Pick<RunningCollector, 'pid'>): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** What all programs but these have used since the machine started. */
function othersCpuSeconds(ours: readonly Pick<RunningCollector, 'pid'>[]): number {
  // user, nice, system, idle, iowait, irq, softirq
  const [user = 0, nice = 0, system = 0, , , ...interrupts] = (
    /^cpu +(.*)/.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .slice(0, 7)
    .map(Number)
  const busy = [user, nice, system, ...interrupts].reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND
  return ours.reduce((rest, one) => rest - cpuSeconds(one), busy)
}

function peakMibOf({ pid }: RunningCollector): number {
  const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1024)
}
