import { trace } from '@opentelemetry/api'
import { createClient } from 'redis'

const seen = []
const client = createClient({ url: process.env.REDIS_URL })
await client.connect()
await trace.getTracer('shop').startActiveSpan('unit of work', async (span) => {
  seen.push(await client.set('differential:a', '1', { EX: 5 }))
  seen.push(await client.get('differential:a'))
  seen.push(await client.multi().incr('differential:a').get('differential:none').exec())
  span.end()
})
seen.push(await client.sendCommand(['LPUSH', 'differential:a', 'x']).catch((error) => error.message))
await client.close()
process.stdout.write(`${JSON.stringify(seen.map((value) => typeof value))}\n`)
