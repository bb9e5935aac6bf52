import { connect, constants, createSecureServer, createServer, sensitiveHeaders } from 'node:http2'
import fastify from 'fastify'
import https from 'node:https'
import { logs } from '@opentelemetry/api'
import run from './http2-calls.cjs'

const http2 = { connect, constants, createSecureServer, createServer, sensitiveHeaders }
await run({ http2, https, fastify, logs })
