// Makes more telemetry than the buffers of a connection hold, and lives for as many milliseconds as its argument says.
import { trace } from '@opentelemetry/api'

const [millis = '0'] = process.argv.slice(2)
const text = 'x'.repeat(100_000)
for (let count = 0; count < 160; count++) trace.getTracer('shop').startSpan('bulk', { attributes: { text } }).end()
await new Promise((resolve) => setTimeout(resolve, Number(millis)))
console.log('done')
