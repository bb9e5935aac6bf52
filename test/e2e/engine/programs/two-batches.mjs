// Ends one span, and another when the first has had time to be exported; loads what sends requests.
import { trace } from '@opentelemetry/api'
import { lookup } from 'node:dns'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'

console.log([lookup, request, secureRequest, connect].map(({ name }) => name).join())
const pause = () => new Promise((resolve) => setTimeout(resolve, 300))
trace.getTracer('shop').startSpan('first').end()
await pause()
trace.getTracer('shop').startSpan('second').end()
await pause()
