import dns from 'node:dns'
import net from 'node:net'
import { createEncoder } from '@plutus/otlp'
import { expect, it, onTestFinished } from 'vitest'
import { WorkerSender } from './worker-sender.ts'

// Tells how it looks names up.
const TELLS = `
import { getDefaultResultOrder } from 'node:dns'
import { getDefaultAutoSelectFamily } from 'node:net'
import { workerData } from 'node:worker_threads'
const { port, settings } = workerData
const told = [getDefaultResultOrder(), getDefaultAutoSelectFamily(), settings.resolver?.LOCALDOMAIN]
port.postMessage({ kind: 'line', text: JSON.stringify(told), news: 'failing' })
`

const startThread = (resolver?: { LOCALDOMAIN: string }): Promise<unknown> =>
  new Promise((resolve) => {
    const ignore = (): void => {}
    const sender = new WorkerSender({
      settings: {
        targets: [],
        resource: createEncoder().encodeResource({}),
        userAgent: 'test',
        ...(resolver && { resolver }),
      },
      events: { onDone: ignore, onSuccess: ignore, onFailure: ignore, onGiveUp: ignore },
      file: new URL(`data:text/javascript,${encodeURIComponent(TELLS)}`),
      env: {},
      onNews: (line) => resolve(JSON.parse(line)),
      isCopied: () => false,
      onBroken: ignore,
    })
    onTestFinished(() => sender.stopWaiting())
  })

it('has the thread look names up as Node does by itself', async () => {
  expect(await startThread()).toEqual(['verbatim', true, null])
})

it('has the thread look names up as the process was told to', async () => {
  const [order, isAuto] = [dns.getDefaultResultOrder(), net.getDefaultAutoSelectFamily()]
  onTestFinished(() => {
    dns.setDefaultResultOrder(order)
    net.setDefaultAutoSelectFamily(isAuto)
  })
  dns.setDefaultResultOrder('ipv6first')
  net.setDefaultAutoSelectFamily(false)
  expect(await startThread({ LOCALDOMAIN: 'a.local' })).toEqual(['ipv6first', false, 'a.local'])
})
