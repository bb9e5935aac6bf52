import { nodesOf } from '@plutus/test-kit'
import type { ReceivedSpan } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { isBelow, only, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

const PROGRAMS = (['cjs', 'mjs'] as const).flatMap((extension) =>
  nodesOf(extension).map((node) => [extension, node.label, node] as const),
)

describe.each(PROGRAMS)('a program that is %s on Node %s', (extension, _label, node) => {
  it.each(['plutus', 'upstream'])(
    'sends the same HTTP requests by http, fetch and undici, each within its trace (engine %s)',
    async (engine) => {
      const env = { PLUTUS_ENGINE: engine }
      const { spans } = await runBoth(programFile(`clients.${extension}`), { node, env })
      const server = (path: string): ReceivedSpan =>
        only(spans, ({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] === path)
      const client = (path: string): ReceivedSpan =>
        only(spans, ({ kind, attributes }) => kind === 'CLIENT' && pathOf(attributes['url.full']) === path)

      const paths = ['/http', '/missing', '/credentials', '/undefined', '/fetch', '/undici']
      // Upstream's would break headers that come as pairs; it is kept from them, and they carry no trace context.
      const arePairsTraced = engine === 'plutus'
      expect(server('/pairs').parentSpanId !== undefined).toBe(arePairsTraced)
      if (arePairsTraced) paths.push('/pairs')
      for (const path of paths) {
        expect(server(path).parentSpanId).toBe(client(path).spanId)
        expect(client(path).attributes['http.response.status_code']).toBe(path === '/missing' ? 404 : 200)
      }
      for (const { attributes } of spans) {
        expect(attributes).not.toHaveProperty(['http.request.method_original'])
        expect(Object.values(attributes)).not.toContain('')
      }
      expect(outcome(client('/missing'))).toEqual(['ERROR', '404'])
      // Its code is a number, of which the conventions know nothing.
      expect(outcome(client('/late'))).toEqual(['ERROR', 'TimeoutError'])
      expect(outcome(client('/hostile'))).toEqual(['ERROR', '_OTHER'])
      expect(String(client('/credentials').attributes['url.full'])).not.toContain('p%3Ass')
      const refused = spans.filter(({ attributes }) => pathOf(attributes['url.full']) === '/refused')
      expect(refused.map(({ status }) => status.code)).toEqual(['ERROR', 'ERROR'])
    },
  )

  it('has one trace across gRPC client and server, and error spans where the status is an error', async () => {
    const { spans } = await runBoth(programFile(`grpc.${extension}`), { node })
    const servers = spans.filter(({ kind }) => kind === 'SERVER')
    const clients = spans.filter(({ kind }) => kind === 'CLIENT')
    expect([clients.length, servers.length]).toEqual([2, 2])
    const pairs = clients.map((client) => [client, only(servers, (server) => isBelow(spans, server, client))] as const)
    const codes = pairs.map(([client, server]) => [client, server].map(({ attributes }) => attributes[STATUS]))
    expect(new Set(codes.map(String))).toEqual(new Set(['0,0', '5,5']))
    for (const [client] of pairs) {
      expect(client.attributes).toMatchObject({
        'rpc.system': 'grpc',
        'rpc.service': 'shop.Prices',
        'rpc.method': 'Find',
      })
      expect(client.status.code).toBe(client.attributes[STATUS] === 0 ? 'UNSET' : 'ERROR')
    }
  })

  it('has spans of calls to AWS above those of their HTTP requests', async () => {
    const { spans } = await runBoth(programFile(`aws.${extension}`), { node })
    const put = only(spans, ({ name }) => name === 'S3.PutObject')
    const get = only(spans, ({ name }) => name === 'S3.GetObject')
    expect([put.status.code, get.status.code]).toEqual(['UNSET', 'ERROR'])
    for (const call of [put, get]) {
      expect(call.attributes).toMatchObject({ 'rpc.system': 'aws-api', 'rpc.service': 'S3' })
      const below = spans.filter((span) => isBelow(spans, span, call))
      expect(below.map(({ kind }) => kind).sort()).toEqual(['CLIENT', 'SERVER'])
    }
  })

  it('has spans of the messages of socket.io', async () => {
    const { spans } = await runBoth(programFile(`socket.${extension}`), { node })
    const received = only(
      spans,
      ({ kind, attributes }) => kind === 'CONSUMER' && attributes['messaging.socket.io.event_name'] === 'order',
    )
    const sent = only(spans, ({ kind }) => kind === 'PRODUCER')
    expect(isBelow(spans, sent, received)).toBe(true)
    expect(sent.attributes['messaging.socket.io.event_name']).toBe('paid')
  })

  it('leaves loaders, pools, caches and a Kafka client without a broker as they are', async () => {
    const { spans } = await runBoth(programFile(`small.${extension}`), { node })
    const batches = spans.filter(({ name }) => name === 'dataloader.batch')
    expect(batches).toHaveLength(2)
    expect(spans.filter(({ name }) => name === 'generic-pool.acquire').length).toBeGreaterThan(0)
    const sent = only(spans, ({ kind }) => kind === 'PRODUCER')
    expect([sent.attributes['messaging.system'], sent.status.code]).toEqual(['kafka', 'ERROR'])
  })
})

const STATUS = 'rpc.grpc.status_code'

function pathOf(url: unknown): string | undefined {
  return typeof url === 'string' ? new URL(url).pathname : undefined
}

function outcome({ status, attributes }: ReceivedSpan): unknown[] {
  return [status.code, attributes['error.type']]
}
