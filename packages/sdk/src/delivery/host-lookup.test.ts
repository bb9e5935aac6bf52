import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import dns from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { afterEach, expect, it, onTestFinished } from 'vitest'
import { createHostLookup, hasPlainSources, isInHosts, questionsFor } from './host-lookup.ts'

const open: Socket[] = []

afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

/** A name server that answers with `reply`, or never. */
async function startNameServer(reply?: (question: Buffer) => Buffer | undefined): Promise<string> {
  const socket = createSocket('udp4')
  open.push(socket)
  socket.on('message', (question, { port, address }) => {
    const bytes = reply?.(question)
    if (bytes !== undefined) socket.send(bytes, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return `127.0.0.1:${socket.address().port}`
}

// The question with the bits of an answer and the code of NXDOMAIN.
const refuse = (question: Buffer): Buffer => {
  const answer = Buffer.from(question)
  answer.writeUInt16BE(0x8183, 2)
  return answer
}

const find = (servers: string[], host: string, patience?: number[]) => {
  const { lookup, isAsking, cancel } = createHostLookup({ servers, ...(patience && { patience }) })
  const found = new Promise<unknown>((resolve) => {
    lookup(host, {}, (error, address) => resolve(error?.code ?? address))
  })
  return { found, isAsking, cancel }
}

it('does not ask the system while no name server answers', async () => {
  const { found, isAsking } = find([await startNameServer()], 'silent.invalid', [100, 200])
  expect(isAsking()).toBe(true)
  expect(await found).toBe('EAI_AGAIN')
  expect(isAsking()).toBe(false)
})

it('lets go at once when it is told to', async () => {
  const { found, isAsking, cancel } = find([await startNameServer()], 'silent.invalid')
  cancel()
  expect(await found).toBe('EAI_AGAIN')
  expect(isAsking()).toBe(false)
})

it('finds no name that no name server knows', async () => {
  const { found } = find([await startNameServer(refuse)], 'refused.invalid')
  expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(await found)
})

const A = 1
const AAAA = 28
const BYTES = new Map([
  [A, Buffer.from([192, 0, 2, 7])],
  [AAAA, Buffer.from('20010db8000000000000000000000007', 'hex')],
])

/** Answers questions of these types with an address each, others not at all. */
const answer = (...types: number[]) => answerWith(new Map(types.map((type) => [type, BYTES.get(type)])))

const answerWith =
  (addresses: ReadonlyMap<number, Buffer | undefined>) =>
  (question: Buffer): Buffer | undefined => {
    const end = question.indexOf(0, 12) + 5
    const type = question.readUInt16BE(end - 4)
    const bytes = addresses.get(type)
    if (bytes === undefined) return undefined
    const head = Buffer.from(question.subarray(0, end))
    head.writeUInt16BE(0x8180, 2)
    head.writeUInt16BE(1, 6)
    head.writeUInt32BE(0, 8) // no further sections
    // The name of the question, its type, IN, 60 s.
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length])
    return Buffer.concat([head, record, bytes])
  }

// The system's lookup would wait for what is lost, and nothing could end that.
it.each([
  ['of both kinds', [A, AAAA], ['192.0.2.7', '2001:db8::7']],
  ['where the answer to one question is lost', [A], ['192.0.2.7']],
  ['where the answer to the other question is lost', [AAAA], ['2001:db8::7']],
])('takes the addresses that a name server tells, %s', async (_where, types, expected) => {
  const { lookup } = createHostLookup({ servers: [await startNameServer(answer(...types))] })
  const found = await new Promise<unknown>((resolve) => {
    lookup('found.invalid', { all: true }, (error, addresses) => resolve(error ?? addresses))
  })
  expect(found).toEqual(expected.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
})

it('hears a name server that is slow each time', async () => {
  const reply = answer(A, AAAA)
  const socket = createSocket('udp4')
  open.push(socket)
  // Longer than c-ares makes of the first wait.
  socket.on('message', (question, { port, address }) => {
    setTimeout(() => socket.send(reply(question) ?? '', port, address), 2500)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { found } = find([`127.0.0.1:${socket.address().port}`], 'slow.invalid', [100, 60_000])
  expect(await found).toBe('192.0.2.7')
})

it.each([
  [4, '192.0.2.7', 4],
  ['IPv6', '2001:db8::7', 6],
] as const)('tells one address of family %s to those who want one', async (family, address, version) => {
  expect(await lookUp(answer(A, AAAA), { family })).toEqual([address, version])
})

/** What a lookup calls back with, without the error. */
async function lookUp(reply: (question: Buffer) => Buffer | undefined, options: LookupOptions): Promise<unknown[]> {
  const { lookup } = createHostLookup({ servers: [await startNameServer(reply)] })
  return new Promise((resolve) => lookup('found.invalid', options, (_error, ...rest) => resolve(rest)))
}

it.each<[chosen: LookupOptions, families: number[]]>([
  [{ order: 'ipv6first' }, [6, 4]],
  [{ order: 'ipv4first' }, [4, 6]],
  [{ verbatim: false }, [4, 6]],
])('tells addresses in the order that is asked for: %j', async (chosen, families) => {
  const [all] = (await lookUp(answer(A, AAAA), { ...chosen, all: true })) as [LookupAddress[]]
  expect(all.map(({ family }) => family)).toEqual(families)
  expect((await lookUp(answer(A, AAAA), chosen))[1]).toBe(families[0])
})

it.each([
  ['ipv6first', [6, 4]],
  ['ipv4first', [4, 6]],
] as const)('tells addresses in the order that the process was given: %s', async (order, families) => {
  const before = dns.getDefaultResultOrder()
  onTestFinished(() => dns.setDefaultResultOrder(before))
  dns.setDefaultResultOrder(order)
  const [all] = (await lookUp(answer(A, AAAA), { all: true })) as [LookupAddress[]]
  expect(all.map(({ family }) => family)).toEqual(families)
  expect((await lookUp(answer(A, AAAA), {}))[1]).toBe(families[0])
  expect((await lookUp(answer(A, AAAA), { verbatim: true, all: true }))[0]).toMatchObject([
    { family: 4 },
    { family: 6 },
  ])
})

const LOOPBACK = { 4: Buffer.from([127, 0, 0, 1]), 6: Buffer.from(`${'00'.repeat(15)}01`, 'hex') }
const OF_NO_LINK = Buffer.from(`fe80${'00'.repeat(13)}01`, 'hex')

// The system would tell these, and who wants one address only has no second try.
it('tells one address only that the system has a way to', async () => {
  const hasSixth = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
  const both = answerWith(
    new Map([
      [A, LOOPBACK[4]],
      [AAAA, LOOPBACK[6]],
    ]),
  )
  expect(await lookUp(both, {})).toEqual(hasSixth ? ['::1', 6] : ['127.0.0.1', 4])
  const one = answerWith(
    new Map([
      [A, LOOPBACK[4]],
      [AAAA, OF_NO_LINK],
    ]),
  )
  expect(await lookUp(one, {})).toEqual(['127.0.0.1', 4])
})

it('asks for what variables have the system ask for', async () => {
  const asked = new Set<string>()
  const server = await startNameServer((question) => {
    asked.add(question.toString('latin1', 12, question.indexOf(0, 12)).replaceAll(/[^a-z]/g, '.'))
    return refuse(question)
  })
  const variables = { LOCALDOMAIN: 'a.invalid b.invalid', RES_OPTIONS: 'timeout:1 ndots:2' }
  const { lookup } = createHostLookup({ servers: [server], variables })
  await new Promise((resolve) => lookup('x.y', {}, resolve))
  expect([...asked]).toEqual(['.x.y.a.invalid', '.x.y.b.invalid', '.x.y'])
})

it('asks the lookup that an application has put in the place of the one of Node', async () => {
  const { lookup } = dns
  dns.lookup = ((_host: string, _options: unknown, callback: (error: null, address: string) => void) => {
    callback(null, '192.0.2.9')
  }) as typeof dns.lookup
  try {
    expect(await find([await startNameServer()], 'own.invalid').found).toBe('192.0.2.9')
  } finally {
    dns.lookup = lookup
  }
})

it.each(['localhost', '127.0.0.1', '::1'])('asks no name server for %s', async (host) => {
  const { found, isAsking } = find([await startNameServer()], host)
  expect(isAsking()).toBe(false)
  expect(['127.0.0.1', '::1']).toContain(await found)
})

it.each([
  ['collector', '', ['collector']],
  ['collector', 'search a.local b.local', ['collector.a.local', 'collector.b.local', 'collector']],
  ['collector.shop', 'search a.local', ['collector.shop', 'collector.shop.a.local']],
  [
    'collector.shop',
    'nameserver 10.0.0.1\nsearch a.local b.local\noptions timeout:1 ndots:5',
    ['collector.shop.a.local', 'collector.shop.b.local', 'collector.shop'],
  ],
  ['a.b.c.d.e.f', 'search a.local\noptions ndots:5', ['a.b.c.d.e.f', 'a.b.c.d.e.f.a.local']],
  ['collector.', 'search a.local', ['collector']],
  ['collector', 'domain a.local', ['collector.a.local', 'collector']],
  ['collector', 'search\noptions ndots:x', ['collector']],
  ['collector', 'search .', ['collector']],
  ['collector.shop', 'search a.local\noptions ndots:5\noptions edns0', ['collector.shop.a.local', 'collector.shop']],
])('asks for what the system would ask for: %s with %j', (host, resolvConf, questions) => {
  expect(questionsFor(host, resolvConf, 'web')).toEqual(questions)
})

it.each([
  ['nameserver 10.0.0.1', ['collector.b.local', 'collector']],
  ['search a.local', ['collector.a.local', 'collector']],
  ['search .', ['collector']],
])('searches the domain of the machine where none is named: %j', (resolvConf, questions) => {
  expect(questionsFor('collector', resolvConf, 'web.b.local')).toEqual(questions)
})

it.each<[LookupOptions, string[]]>([
  [{ all: true }, ['192.0.2.7']],
  [{ all: true, family: 6 }, []],
])('asks for no address of the sixth version where the resolver is to ask for none: %j', async (options, expected) => {
  const servers = [await startNameServer(answer(A, AAAA))]
  const { lookup } = createHostLookup({ servers, variables: { RES_OPTIONS: 'no-aaaa' } })
  const found = await new Promise<LookupAddress[]>((resolve) => {
    lookup('found.invalid', options, (_error, addresses) => resolve((addresses ?? []) as LookupAddress[]))
  })
  expect(found.map(({ address }) => address)).toEqual(expected)
})

it.each([
  [{ LOCALDOMAIN: 'b.local  c.local' }, ['x.b.local', 'x.c.local', 'x'], ['x.y', 'x.y.b.local', 'x.y.c.local']],
  [{ LOCALDOMAIN: '' }, ['x'], ['x.y']],
  [{ RES_OPTIONS: 'rotate\tndots:2' }, ['x.a.local', 'x'], ['x.y.a.local', 'x.y']],
  [{ RES_OPTIONS: 'ndots:0' }, ['x', 'x.a.local'], ['x.y', 'x.y.a.local']],
  [{ RES_OPTIONS: 'rotate' }, ['x.a.local', 'x'], ['x.y', 'x.y.a.local']],
])('lets variables stand above the file: %j', (variables, one, two) => {
  const resolvConf = 'search a.local\noptions ndots:1'
  expect(questionsFor('x', resolvConf, 'web', variables)).toEqual(one)
  expect(questionsFor('x.y', resolvConf, 'web', variables)).toEqual(two)
})

it.each([
  ['10.0.0.7 collector', true],
  ['10.0.0.7\tweb Collector # ours', true],
  ['10.0.0.7 collector.shop # collector', false],
  ['# 10.0.0.7 collector', false],
])('knows whether a file has the address: %j', (hosts, isThere) => {
  expect(isInHosts('collector', hosts)).toBe(isThere)
})

it.each([
  ['hosts: files dns', true],
  ['passwd: files\nhosts:\tfiles dns # mdns\n', true],
  ['hosts: dns [!UNAVAIL=return] files', true],
  ['', true],
  ['hosts: files mdns4_minimal [NOTFOUND=return] dns', false],
  ['hosts: files resolve [!UNAVAIL=return] dns', false],
])('knows whether the system has no further sources: %j', (nsswitchConf, isPlain) => {
  expect(hasPlainSources(nsswitchConf)).toBe(isPlain)
})
