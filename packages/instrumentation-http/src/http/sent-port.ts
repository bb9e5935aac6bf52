import type { Agent, ClientRequest } from 'node:http'
import { replaceMethod } from '../replace-method.ts'
import { parseHost, portOf } from './host.ts'

type AddRequest = (this: Agent, request: { [PORT]?: unknown }, options: { readonly port?: unknown }) => unknown

const PORT: unique symbol = Symbol('plutus.http.client.port')

/**
 * Has agents note on requests the port that they go to: a request keeps its host, and of its port nothing but what its
 * `Host` header says, which may be the application's. Returns a function that ends it.
 */
export function patchAgent(prototype: object): () => void {
  const undo = replaceMethod<AddRequest>(
    prototype,
    'addRequest',
    (original) =>
      function addRequest(this: Agent, request, options) {
        try {
          request[PORT] = options.port
        } catch {
          // What cannot be an agent's is refused by Node.
        }
        // oxlint-disable-next-line prefer-rest-params -- every request comes by here
        return Reflect.apply(original, this, arguments)
      },
  )
  return undo ?? (() => undefined)
}

/** The port that a request goes to, as far as it is known: some requests have no agent, and some agents are nobody's. */
export function sentPortOf(request: ClientRequest): number | undefined {
  const noted = portOf((request as { readonly [PORT]?: unknown })[PORT])
  if (noted !== undefined) return noted
  const { agent } = request as { readonly agent?: { readonly defaultPort?: unknown } }
  return parseHost(keptAuthority(request))?.port ?? portOf(agent?.defaultPort)
}

/** What newer Nodes (24.21, 26.10) keep under a symbol: host and port, the latter unless it is the default. */
function keptAuthority(request: object): string | undefined {
  const key = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'kAuthority')
  const value = key === undefined ? undefined : (request as Readonly<Record<symbol, unknown>>)[key]
  return typeof value === 'string' ? value : undefined
}
