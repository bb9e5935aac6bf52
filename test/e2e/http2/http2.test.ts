import { createCertificates, END_NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { Certificates, ReceivedLog, ReceivedPoint, ReceivedSpan, TestNode } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const [oldest, newest] = [END_NODES.at(0), END_NODES.at(-1)]
const RUNS = [
  ...END_NODES.map((node) => ({ node, file: 'http2.cjs', engine: 'plutus' })),
  { node: oldest, file: 'http2.mjs', engine: 'plutus' },
  { node: newest, file: 'http2.mjs', engine: 'upstream' },
]
// What a client sees of a request that never had an answer differs between Nodes, and so does its code.
const STREAM_CODE = /^(?:ERR_HTTP2_|ECONN)\w+$/

interface Sent {
  readonly engine: string
  readonly stdout: string
  readonly stdoutWithout: string
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly points: (metric: string) => readonly ReceivedPoint[]
}

let certificates: Certificates
beforeAll(() => {
  certificates = createCertificates()
})
afterAll(() => certificates.remove())

for (const { node, file, engine } of RUNS) {
  describe.skipIf(node === undefined)(`${file} on Node ${node?.label ?? 'that is absent'}, engine ${engine}`, () => {
    it('behaves as without the hook, and sends spans, durations and events of HTTP/2', async () => {
      const sent = await runBoth(file, node as TestNode, engine)
      expect(sent.stdout).toBe(sent.stdoutWithout)
      expectServers(sent)
      expectClients(sent)
      expectTraces(sent)
      expectMeasured(sent)
      expectEvents(sent)
    })
  })
}

/** Runs the program with and without the hook. */
async function runBoth(name: string, node: TestNode, engine: string): Promise<Sent> {
  const { key, cert, ca } = certificates.server
  const program = { file: programFile(name), node }
  const env = { TLS_KEY: key, TLS_CERT: cert, TLS_CA: ca, PLUTUS_ENGINE: engine, PLUTUS_REQUEST_EVENTS: 'all' }
  const receiver = await startReceiver()
  try {
    const without = await runProgram({ ...program, env, hook: 'none' })
    const hook = name.endsWith('.mjs') ? 'import' : 'require'
    const under = await runProgram({ ...program, env, hook, receiver })
    expect(without).toMatchObject({ code: 0, stderr: '' })
    expect(under.code).toBe(0)
    expect(receiver.malformed).toEqual([])
    const metrics = [...receiver.metrics]
    // The last state of each scope: upstream's instrumentation of HTTP/1 measures too.
    const points = (metric: string): readonly ReceivedPoint[] =>
      [
        ...new Map(
          metrics.filter(({ name: other }) => other === metric).map((found) => [found.scope.name, found.points]),
        ).values(),
      ].flat()
    return {
      engine,
      stdout: under.stdout,
      stdoutWithout: without.stdout,
      spans: [...receiver.spans],
      logs: [...receiver.logs],
      points,
    }
  } finally {
    await receiver.close()
  }
}

const pathOf = ({ attributes, kind }: ReceivedSpan): string =>
  kind === 'SERVER' ? String(attributes['url.path']) : new URL(String(attributes['url.full'])).pathname
const ofKind = ({ spans }: Sent, kind: string): readonly ReceivedSpan[] => spans.filter((span) => span.kind === kind)
const outcome = ({ status, attributes }: ReceivedSpan): readonly unknown[] => [
  attributes['http.response.status_code'],
  attributes['error.type'],
  status.code,
]

function at(sent: Sent, kind: string, path: string): ReceivedSpan {
  const [found, another] = ofKind(sent, kind).filter((span) => pathOf(span) === path)
  if (found === undefined || another !== undefined) {
    throw new Error(`not one ${kind} span of ${path} among ${ofKind(sent, kind).map(pathOf).join(' ')}`)
  }
  return found
}

const MANY = Array.from({ length: 30 }, (_, index) => `/many/${index}`)
/** Requests that a server answered in full. */
const ANSWERED = ['/', '/first', '/broken', '/missing', '/push', '/file', '/secure', '/users/7', ...MANY]
const BROKEN_OFF = ['/reset', '/half', '/lost']
/** By a client of HTTP/1 at a server of HTTP/2, which upstream's instrumentation of HTTP/1 does not see. */
const oldServed = ({ engine }: Sent): readonly string[] => (engine === 'plutus' ? ['/old'] : [])

function expectServers(sent: Sent): void {
  const servers = ofKind(sent, 'SERVER')
  expect(servers.map(pathOf).sort()).toEqual([...ANSWERED, ...BROKEN_OFF, ...oldServed(sent)].sort())
  for (const path of [...ANSWERED, ...BROKEN_OFF]) {
    expect(at(sent, 'SERVER', path).attributes['network.protocol.version']).toBe('2')
  }
  expect(outcome(at(sent, 'SERVER', '/first'))).toEqual([200, undefined, 'UNSET'])
  expect(outcome(at(sent, 'SERVER', '/broken'))).toEqual([500, '500', 'ERROR'])
  expect(outcome(at(sent, 'SERVER', '/missing'))).toEqual([404, undefined, 'UNSET'])
  expect(outcome(at(sent, 'SERVER', '/reset'))).toEqual([undefined, 'aborted', 'ERROR'])
  expect(outcome(at(sent, 'SERVER', '/half'))).toEqual([200, 'aborted', 'ERROR'])
  expect(outcome(at(sent, 'SERVER', '/lost'))).toEqual([undefined, 'aborted', 'ERROR'])
  expect(at(sent, 'SERVER', '/first')).toMatchObject({
    name: 'POST',
    attributes: { 'url.scheme': 'http', 'server.address': '127.0.0.1', 'client.address': '127.0.0.1' },
  })
  expect(at(sent, 'SERVER', '/secure').attributes).toMatchObject({
    'url.scheme': 'https',
    'server.address': 'localhost',
  })
  expect(at(sent, 'SERVER', '/users/7')).toMatchObject({
    name: 'GET /users/:id',
    attributes: { 'http.route': '/users/:id' },
  })
  for (const path of oldServed(sent)) {
    expect(at(sent, 'SERVER', path).attributes).toMatchObject({
      'url.scheme': 'https',
      'network.protocol.version': '1.1',
    })
  }
}

function expectClients(sent: Sent): void {
  const clients = ofKind(sent, 'CLIENT').map(pathOf)
  expect(clients.sort()).toEqual([...ANSWERED, ...BROKEN_OFF, '/old', '/closed', '/refused', '/token'].sort())
  expect(outcome(at(sent, 'CLIENT', '/first'))).toEqual([200, undefined, 'UNSET'])
  expect(outcome(at(sent, 'CLIENT', '/broken'))).toEqual([500, '500', 'ERROR'])
  expect(outcome(at(sent, 'CLIENT', '/missing'))).toEqual([404, '404', 'ERROR'])
  expect(outcome(at(sent, 'CLIENT', '/refused'))).toEqual([undefined, 'ECONNREFUSED', 'ERROR'])
  expect(outcome(at(sent, 'CLIENT', '/token'))).toEqual([undefined, 'ERR_INVALID_HTTP_TOKEN', 'ERROR'])
  for (const path of [...BROKEN_OFF, '/closed']) {
    const { status, attributes } = at(sent, 'CLIENT', path)
    expect([path, status.code]).toEqual([path, 'ERROR'])
    expect(attributes['error.type']).toMatch(STREAM_CODE)
  }
  expect(at(sent, 'CLIENT', '/secure').attributes['url.full']).toMatch(/^https:\/\/localhost:\d+\/secure$/)
}

function expectTraces(sent: Sent): void {
  for (const path of [...ANSWERED, ...BROKEN_OFF, ...oldServed(sent)]) {
    expect([path, at(sent, 'SERVER', path).parentSpanId]).toEqual([path, at(sent, 'CLIENT', path).spanId])
  }
  // Each record belongs to the stream in which it was made.
  const handled = sent.logs.filter(({ body }) => String(body).startsWith('handled '))
  expect(handled).toHaveLength(33)
  for (const { body, spanId } of handled) {
    expect([body, spanId]).toEqual([body, at(sent, 'SERVER', String(body).slice('handled '.length)).spanId])
  }
  expect(at(sent, 'SERVER', '/first').attributes['correlation.id']).toBe('order-7')
  expect(handled.find(({ body }) => body === 'handled /first')?.attributes['correlation.id']).toBe('order-7')
}

function expectMeasured({ points }: Sent): void {
  const count = (metric: string): number =>
    points(metric)
      .filter(({ attributes }) => attributes['network.protocol.version'] === '2')
      .reduce((sum, point) => sum + (point.count ?? 0), 0)
  expect(count('http.server.request.duration')).toBe(ANSWERED.length + BROKEN_OFF.length)
  // Of the calls that broke off, one had an answer, by which its version is known.
  expect(count('http.client.request.duration')).toBe(ANSWERED.length + 1)
}

function expectEvents(sent: Sent): void {
  const requests = sent.logs.filter(({ eventName }) => eventName === 'http.request')
  const ofVersion2 = [...ANSWERED, ...BROKEN_OFF]
  const told = requests.filter(({ attributes }) => ofVersion2.includes(String(attributes['url.path'])))
  expect(told).toHaveLength(ofVersion2.length)
  for (const { attributes, spanId } of told) {
    const path = String(attributes['url.path'])
    expect([path, spanId]).toEqual([path, at(sent, 'SERVER', path).spanId])
  }
}
