'use strict'
const { context, ROOT_CONTEXT, trace } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }

/** Sets an SDK up as a vendor would; what it received is printed when the process ends. */
module.exports = function setUp({ InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor }, logs) {
  const exporter = new InMemoryLogRecordExporter()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }))
  globalThis.inTrace = (fn) => context.with(trace.setSpanContext(ROOT_CONTEXT, SPAN), fn)
  process.on('exit', () => {
    for (const { eventName, body, severityText, attributes, hrTime, spanContext } of exporter.getFinishedLogRecords()) {
      const { traceId, spanId } = spanContext ?? {}
      const record = { eventName, body, severityText, attributes, hasTime: hrTime[0] > 0, traceId, spanId }
      console.log(JSON.stringify(record))
    }
  })
}
