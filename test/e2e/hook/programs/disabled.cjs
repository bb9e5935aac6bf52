/* oxlint-disable import/no-unassigned-import -- loading it is the point */
// Prints what the hook changed in Node's loader and what the API propagates.
const Module = require('node:module')
const { context, propagation } = require('@opentelemetry/api')

const headers = {}
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
propagation.inject(propagation.extract(context.active(), { traceparent }), headers)
require('express')
console.log(
  JSON.stringify({
    load: 'get' in Object.getOwnPropertyDescriptor(Module.prototype, 'load'),
    patched: Boolean(require('node:http').Server.prototype.emit.__wrapped),
    instrumentations: Object.values(require.cache)
      .flatMap(({ children }) => children)
      .filter(({ filename }) => /dist.instrumentations/.test(filename)).length,
    traceparent: headers.traceparent === traceparent,
  }),
)
