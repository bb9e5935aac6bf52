import { isDeepStrictEqual } from 'node:util'
import type { Difference } from './compare.ts'

/** Something that the own engine sends otherwise than upstream's, on purpose. */
export interface IntendedDifference {
  /** Field of a record, as `canonicalRecords` names it; or `record`, for one that only one engine sends. */
  readonly field: string | RegExp
  /** Records that it occurs in. @defaultValue all */
  readonly record?: RegExp
  /** What the own engine sends there. @defaultValue anything */
  readonly own?: unknown
  /** What upstream's sends there. @defaultValue anything */
  readonly upstream?: unknown
  readonly why: string
}

/** All of them, but for those of single calls in `in-process/api-differences.ts`. A test fails for one that occurs no more. */
export const INTENDED_DIFFERENCES: readonly IntendedDifference[] = [
  {
    record: /^resource /,
    field: /^attributes\.telemetry\.sdk\.(?:name|version)$/,
    why: 'the conventions: the name of the SDK that made the telemetry',
  },
  {
    record: /^metric plutus\.encode\.losses /,
    field: 'record',
    upstream: undefined,
    why: 'what limits cut is counted; upstream counts it in no metric',
  },
  {
    record: /^metric plutus\.metric\.losses \{"plutus\.reason":"value_invalid"\}/,
    field: 'record',
    upstream: undefined,
    why: 'a value that no metric can take is counted; upstream drops it or sends it as it is',
  },
  {
    record: /^metric plutus\.redaction\.hits /,
    field: /^(?:record|order)$/,
    why: 'the own engine masks at once; what is masked as a batch is sent is counted late, after the last collection not at all',
  },
  {
    field: /^(?:body|attributes\.(?:not\.a\.number|infinite))$/,
    upstream: undefined,
    why: 'JSON has no such numbers; ProtoJSON writes them as text, upstream sends null',
  },
  {
    record: /^(?:span .*(?:SERVER|CLIENT)|metric http\.)[^>]*$/,
    field: 'scope',
    own: { name: '@plutus/instrumentation-http', version: '0.0.0' },
    upstream: { name: '@opentelemetry/instrumentation-http', version: '0.301.0' },
    why: 'the own engine is used with the own instrumentation of HTTP',
  },
  {
    record: /^span .*SERVER/,
    field: 'attributes.correlation.id',
    own: 'string',
    upstream: undefined,
    why: 'every unit of work has a correlation id, minted where the caller brings none',
  },
  {
    record: /^span .*HTTP \(\/200\/odd\)/,
    field: 'record',
    upstream: undefined,
    why: 'the conventions: the span of a method that they do not know is called HTTP, since its name must be one of few',
  },
  {
    record: /^span .*PROPFIND \(\/200\/odd\)/,
    field: 'record',
    own: undefined,
    why: 'the same span under the name that upstream gives it',
  },
  {
    record: /SERVER GET \(\/200\/forwarded\)/,
    field: 'attributes.client.address',
    own: '127.0.0.1',
    upstream: '192.0.2.1',
    why: 'a header that anybody can send is believed only from proxies that PLUTUS_TRUST_PROXY names',
  },
  {
    record: /CLIENT GET \(\/500\/broken\) #1$/,
    field: 'attributes.server.address',
    own: 'shop.test',
    upstream: '127.0.0.1',
    why: 'the conventions, 1.37 on: the host of the Host header; where the socket went is in network.peer.*',
  },
  {
    record: /CLIENT GET \(\/500\/broken\) #1$/,
    field: 'attributes.url.full',
    own: 'http://shop.test:port/500/broken',
    upstream: 'http://127.0.0.1:port/500/broken',
    why: 'RFC 9110, 7.1: the URL of a request has the authority of its Host header',
  },
  {
    record: /^metric http\.client\.request\.duration .*"http.response.status_code":500/,
    field: 'record',
    why: 'the same host in the metric',
  },
  {
    record: /CLIENT/,
    field: 'attributes.user_agent.original',
    own: undefined,
    why: 'the conventions: opt-in for clients',
  },
  {
    record: /CLIENT/,
    field: 'attributes.error.type',
    own: 'ECONNREFUSED',
    upstream: 'Error',
    why: 'the conventions: the code of the error where it is one of few; the class says nothing',
  },
  {
    record: /^metric http\.client\.request\.duration .*"error.type":"(?:ECONNREFUSED|Error)"/,
    field: 'record',
    why: 'the same type of error in the metric',
  },
  {
    record: /CLIENT GET \(\/refused\) #2$/,
    field: 'attributes.url.full',
    own: 'http://127.0.0.1:1/refused?token=[redacted]',
    upstream: 'http://[redacted]@127.0.0.1:1/refused?token=[redacted]',
    why: 'no credentials in both; the request does not tell whether its authorization stood in the URL',
  },
  {
    record: /INTERNAL (?:middleware|router) - [^#]*#\d+$/,
    field: 'record',
    own: undefined,
    why: 'what only hands a request on has no span of its own',
  },
  {
    record: /INTERNAL request handler #\d+$/,
    field: 'scope',
    own: { name: '@plutus/instrumentation-http/express', version: '0.0.0' },
    upstream: { name: '@opentelemetry/instrumentation-express', version: '0.72.0' },
    why: 'the own engine is used with the own instrumentation of express',
  },
  {
    record: /INTERNAL request handler #\d+$/,
    field: 'attributes.error.type',
    upstream: undefined,
    why: 'the conventions: a failed span says by what type of error',
  },
  {
    record: /SERVER POST \/api\/refunds > INTERNAL request handler #\d+$/,
    field: 'status',
    own: { code: 'UNSET' },
    why: 'the conventions: an answer of the 4xx class is a mistake of the client, and no error of the server',
  },
]

/** Whether a difference is the intended one. */
export function isIntended(intended: IntendedDifference, { record, field, own, upstream }: Difference): boolean {
  return (
    (typeof intended.field === 'string' ? intended.field === field : intended.field.test(field)) &&
    (intended.record === undefined || intended.record.test(record)) &&
    (!('own' in intended) || isDeepStrictEqual(intended.own, own)) &&
    (!('upstream' in intended) || isDeepStrictEqual(intended.upstream, upstream))
  )
}
