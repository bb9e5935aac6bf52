import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { createHostLookup, firstQuestion } from './host-lookup.ts'

const open: Socket[] = []

afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

/** A name server that answers with `answer`, or never. */
async function startNameServer(answer?: (question: Buffer) => Buffer): Promise<string> {
  const socket = createSocket('udp4')
  open.push(socket)
  socket.on('message', (question, { port, address }) => {
    if (answer !== undefined) socket.send(answer(question), port, address)
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

const find = (servers: string[], host: string) => {
  const { lookup, isAsking, cancel } = createHostLookup(servers)
  const found = new Promise<unknown>((resolve) => {
    lookup(host, {}, (error, address) => resolve(error?.code ?? address))
  })
  return { found, isAsking, cancel }
}

it('does not ask the system while no name server answers', async () => {
  const { found, isAsking } = find([await startNameServer()], 'silent.invalid')
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

it('asks the system once a name server has answered, whatever that was', async () => {
  const { found } = find([await startNameServer(refuse)], 'refused.invalid')
  expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(await found)
})

it.each(['localhost', '127.0.0.1', '::1'])('asks no name server for %s', async (host) => {
  const { found, isAsking } = find([await startNameServer()], host)
  expect(isAsking()).toBe(false)
  expect(['127.0.0.1', '::1']).toContain(await found)
})

it.each([
  ['collector', '', 'collector'],
  ['collector', 'search a.local b.local', 'collector.a.local'],
  ['collector.shop', 'search a.local', 'collector.shop'],
  [
    'collector.shop',
    'nameserver 10.0.0.1\nsearch a.local b.local\noptions timeout:1 ndots:5',
    'collector.shop.a.local',
  ],
  ['a.b.c.d.e.f', 'search a.local\noptions ndots:5', 'a.b.c.d.e.f'],
  ['collector.', 'search a.local', 'collector'],
  ['collector', 'domain a.local', 'collector.a.local'],
  ['collector', 'search\noptions ndots:x', 'collector'],
])('asks first for what the system would ask first: %s with %j', (host, resolvConf, question) => {
  expect(firstQuestion(host, resolvConf)).toBe(question)
})
