// Ends a thousand spans in one turn, and lives until metrics have been collected again.
import { trace } from '@opentelemetry/api'

for (let count = 0; count < 1000; count++) trace.getTracer('shop').startSpan('burst').end()
await new Promise((resolve) => setTimeout(resolve, 1200))
