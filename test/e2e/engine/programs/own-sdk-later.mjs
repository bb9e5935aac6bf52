import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
trace.getTracer('shop').startSpan('work').end()
console.log(
  `own SDK exported ${
    exporter
      .getFinishedSpans()
      .map((span) => span.name)
      .join() || 'nothing'
  }`,
)
