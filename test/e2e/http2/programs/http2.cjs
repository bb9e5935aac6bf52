'use strict'
void require('./http2-calls.cjs')({
  http2: require('node:http2'),
  https: require('node:https'),
  fastify: require('fastify'),
  logs: require('@opentelemetry/api').logs,
})
