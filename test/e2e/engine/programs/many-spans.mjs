import { trace } from '@opentelemetry/api'

for (let count = 0; count < 200; count++) trace.getTracer('shop').startSpan(`span ${count}`).end()
