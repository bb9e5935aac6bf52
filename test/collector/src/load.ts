import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'
import type { RunningCollector } from './running-collector.ts'

/** What a load did. */
export interface LoadResult {
  readonly recordsPerSecond: number
  readonly spansPerSecond: number
  /** What left the collectors in the same time, by their own count. */
  readonly sentPerSecond: number
  readonly refused: number
  /** Of all collectors together, in cores. */
  readonly cores: number
  readonly residentMib: readonly number[]
}

const PER_REQUEST = 200
const DISTINCT = 20
const SENDERS = 8
const TICKS_PER_SECOND = 100
// As a payment service writes them.
const CLASSES = ['application', 'application', 'application', 'performance', 'payment', 'payment', 'security', 'audit']

/** A backend for a load, in a process of its own. */
export async function startSink(): Promise<{ readonly url: string; readonly close: () => void }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('load-sink.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: `http://127.0.0.1:${line.toString().trim()}`, close: () => void child.kill() }
}

/** Sends records and spans for some seconds, as fast as they are taken or at a rate of each, and measures the collectors. */
export async function load(
  entry: RunningCollector,
  collectors: readonly RunningCollector[],
  { seconds, rate = Infinity }: { readonly seconds: number; readonly rate?: number },
): Promise<LoadResult> {
  const payloads = { logs: makePayloads(makeLogs, 'logs'), traces: makePayloads(makeSpans, 'traces') }
  const agent = new Agent({ keepAlive: true })
  const taken = { logs: 0, traces: 0, refused: 0 }
  const cpuBefore = collectors.map(cpuSeconds)
  const sentBefore = await sentBy(collectors)
  const start = performance.now()
  const until = start + seconds * 1000
  const sendAll = async (signal: 'logs' | 'traces'): Promise<void> => {
    for (let n = 0; performance.now() < until; n++) {
      const ahead = (taken[signal] / rate) * 1000 - (performance.now() - start)
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead))
      const status = await post(agent, entry.ports.http, signal, payloads[signal][n % DISTINCT] as Buffer)
      if (status === 200) taken[signal] += PER_REQUEST
      else taken.refused += PER_REQUEST
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, () => [sendAll('logs'), sendAll('traces')]).flat())
  const elapsed = (performance.now() - start) / 1000
  const cores = collectors.reduce((sum, one, n) => sum + cpuSeconds(one) - (cpuBefore[n] as number), 0) / elapsed
  const sent = (await sentBy(collectors)) - sentBefore
  agent.destroy()
  return {
    recordsPerSecond: Math.round(taken.logs / elapsed),
    spansPerSecond: Math.round(taken.traces / elapsed),
    sentPerSecond: Math.round(sent / elapsed),
    refused: taken.refused,
    cores: Math.round(cores * 100) / 100,
    residentMib: collectors.map(residentMib),
  }
}

function makeLogs(): object {
  const logRecords = Array.from({ length: PER_REQUEST }, (_, n) => ({
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `Payment pi_${randomBytes(12).toString('hex')} authorised in ${n} ms` },
    attributes: attributesOf(n),
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    eventName: n % 4 === 0 ? 'payment.completion' : '',
  }))
  return { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: 'shop' }, logRecords }] }] }
}

function makeSpans(): object {
  const traceIds = Array.from({ length: PER_REQUEST / 4 }, () => randomBytes(16))
  const start = BigInt(Date.now()) * 1_000_000n
  const spans = Array.from({ length: PER_REQUEST }, (_, n) => ({
    traceId: traceIds[Math.floor(n / 4)],
    spanId: randomBytes(8),
    ...(n % 4 === 0 ? {} : { parentSpanId: randomBytes(8) }),
    name: 'POST /payments',
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 12_000_000n),
    attributes: attributesOf(n),
  }))
  return { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: { name: 'shop' }, spans }] }] }
}

const RESOURCE = {
  attributes: [text('service.name', 'shop'), text('service.version', '1.2.3'), text('host.name', 'shop-7f9c')],
}

function attributesOf(n: number): object[] {
  return [
    text('plutus.data.class', CLASSES[n % CLASSES.length] as string),
    text('payment.id', `pi_${randomBytes(12).toString('hex')}`),
    text('payment.currency', 'EUR'),
    text('payment.status', 'succeeded'),
    { key: 'payment.amount', value: { intValue: String(1000 + n) } },
    { key: 'payment.duration', value: { doubleValue: Math.random() } },
    text('user.id', `u${n}`),
    text('correlation.id', randomBytes(16).toString('hex')),
  ]
}

function text(key: string, stringValue: string): { key: string; value: { stringValue: string } } {
  return { key, value: { stringValue } }
}

function makePayloads(make: () => object, signal: 'logs' | 'traces'): Buffer[] {
  const type = EXPORT_CALLS[signal].request
  return Array.from({ length: DISTINCT }, () => Buffer.from(type.encode(type.fromObject(make())).finish()))
}

async function post(agent: Agent, port: number, signal: string, body: Buffer): Promise<number> {
  return await new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
    request({ agent, port, host: '127.0.0.1', method: 'POST', path: `/v1/${signal}`, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end(body)
  })
}

/** What the last collectors of a chain sent, by their own metrics. */
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

function cpuSeconds({ pid }: RunningCollector): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function residentMib({ pid }: RunningCollector): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1024)
}
