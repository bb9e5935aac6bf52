import type { Attributes } from '@opentelemetry/api'
import type { FetchRequest } from './fetch-headers.ts'
import { portOf } from './host.ts'
import { methodOf } from './methods.ts'
import { addServer, targetOf } from './target.ts'

/**
 * Tells what a request of `fetch` and undici asks for and of whom, as for requests of `node:http`: in the place of what
 * the undici instrumentation makes of it, where a path of `//a/b` becomes a host, an IPv6 address keeps its brackets, and
 * what says nothing stands too.
 *
 * What is `undefined` is to be left out.
 */
export function describeFetch({ method = 'GET', origin, path = '/', host }: FetchRequest): Attributes {
  const attributes: Attributes = {
    'http.request.method_original': methodOf(method) === '_OTHER' ? method.slice(0, 64) : undefined,
  }
  const opened = origin === undefined ? null : URL.parse(origin)
  if (opened === null) return attributes
  const target = targetOf({
    method,
    scheme: opened.protocol === 'https:' ? 'https' : 'http',
    path,
    authority: host ?? undefined,
    host: opened.hostname.replace(/^\[|\]$/g, ''),
    port: portOf(opened.port),
  })
  const url = URL.parse(target.url)
  attributes['url.full'] = url?.href ?? target.url
  if (url !== null) attributes['url.path'] = url.pathname
  attributes['url.query'] = url === null || url.search === '' ? undefined : url.search.slice(1)
  addServer(attributes, target)
  return attributes
}
