import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { findPorts } from './free-ports.ts'

it('gives ports that are free, each once, and none that is given to whoever asks for any', async () => {
  const ports = [...(await findPorts(4)), ...(await findPorts(1))]
  expect(new Set(ports).size).toBe(5)
  expect(Math.min(...ports)).toBeGreaterThan(1024)
  expect(Math.max(...ports)).toBeLessThan(32_768)
})

it('gives no port that somebody listens on', async () => {
  const [port = 0] = await findPorts(1)
  const server = createServer().listen(port + 1, '127.0.0.1')
  await once(server, 'listening')
  expect(await findPorts(1)).not.toContain(port + 1)
  server.close()
})
