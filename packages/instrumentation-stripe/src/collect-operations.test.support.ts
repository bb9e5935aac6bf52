import { createRequire } from 'node:module'

/** A method of a resource: what it asks for, and what it is called. */
export interface CollectedOperation {
  /** HTTP method. */
  readonly method: string
  /** Path with `{id}` for each variable part. */
  readonly template: string
  /** Resource path and method in snake_case: `payment_intents.create`. */
  readonly name: string
}

interface StripeLike {
  readonly _requestSender: { _request: (method: string, host: unknown, path: string) => void }
}
type Ask = (this: unknown, ...args: unknown[]) => Promise<unknown>
interface StripeClass {
  new (key: string): StripeLike
  readonly StripeResource: { readonly prototype: { _makeRequest: Ask } }
}
type Resource = Record<string, unknown>

/** Packages with the methods of every supported version: each takes away and adds some. Newest first. */
export const STRIPE_PACKAGES = [
  'stripe',
  'stripe22',
  'stripe21',
  'stripe20',
  'stripe19',
  'stripe18',
  'stripe17',
  'stripe16',
  'stripe15',
  'stripe14',
] as const

const MOST_IDS = 5
const PLACEHOLDER = /PLACEHOLDER\dX/g
const OWN_OF_CLIENT = /^(?:_.*|errors|webhooks|Decimal)$/

/**
 * Calls every method of every resource of a Stripe package with placeholder ids, and gives what each would have asked
 * for. Nothing is sent.
 */
export function collectOperations(packageName: string): readonly CollectedOperation[] {
  const Stripe = createRequire(import.meta.url)(packageName) as StripeClass
  const { prototype } = Stripe.StripeResource
  const client = new Stripe('placeholder')
  const asked: { method: string; path: string }[] = []
  client._requestSender._request = (method, _host, path) => {
    asked.push({ method, path: path.split('?')[0] ?? '' })
  }

  const found: CollectedOperation[] = []
  const callMethod = (resource: Resource, path: readonly string[], key: string): void => {
    for (let count = 0; count < MOST_IDS; count++) {
      const ids = Array.from({ length: count }, (_, at) => `PLACEHOLDER${at}X`)
      try {
        void Reflect.apply(resource[key] as Ask, resource, ids)
      } catch {
        continue // too few ids, or too many
      }
      const request = asked.pop()
      // Of a wrong number of ids some are missing in the path, or `undefined` stands there.
      if (request === undefined || request.path.includes('undefined')) continue
      if (!ids.every((id) => request.path.includes(id))) continue
      const template = request.path.replace(PLACEHOLDER, '{id}')
      found.push({ method: request.method, template, name: toName([...path, key]) })
    }
  }

  const seen = new Set<unknown>([client])
  const walk = (owner: Resource, path: readonly string[]): void => {
    for (const [key, value] of Object.entries(owner)) {
      if (OWN_OF_CLIENT.test(key) || typeof value !== 'object' || value === null || seen.has(value)) continue
      seen.add(value)
      const child = value as Resource
      if (Object.prototype.isPrototypeOf.call(prototype, child)) {
        for (const name of methodsOf(child, prototype)) callMethod(child, [...path, key], name)
      }
      walk(child, [...path, key])
    }
  }

  // Nothing will answer, and what is refused for a wrong number of ids is of interest to nobody.
  const makeRequest = prototype._makeRequest
  prototype._makeRequest = function (...args) {
    makeRequest.apply(this, args).catch(() => undefined)
    return new Promise(() => undefined)
  }
  try {
    walk(client as unknown as Resource, [])
  } finally {
    prototype._makeRequest = makeRequest
  }
  return found
}

/** `testHelpers.issuing.cards.deliverCard` in snake_case, as Stripe's API and its other libraries write it. */
function toName(path: readonly string[]): string {
  return path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()).join('.')
}

function methodsOf(resource: Resource, base: object): Set<string> {
  const names = new Set<string>()
  for (let level: object | null = resource; level !== null && level !== base; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name === 'constructor' || name in base || typeof resource[name] !== 'function') continue
      names.add(name)
    }
  }
  return names
}
