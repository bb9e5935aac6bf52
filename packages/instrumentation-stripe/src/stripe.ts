import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { SCOPE } from './meters.ts'
import { followRawRequest, followRequest, type Host } from './stripe-request.ts'
import { followPages } from './stripe-lists.ts'
import { followParser, followWebhooks } from './stripe-webhooks.ts'
import { isFunction, isObject, memberOf, mimic, type AnyFunction, type Unknown } from './unknown.ts'
import { VERSION } from './version.ts'

/** What `createStripeInstrumentation` may be told. */
export interface StripeInstrumentationOptions extends InstrumentationConfig {
  /**
   * Whether events are recorded from answers and webhooks: `payment.*`, `subscription.*`, `invoice.*`,
   * `webhook.received`, `webhook.signature_failure`. Off for a service that tells them itself. @defaultValue true
   */
  readonly events?: boolean
}

const VERSIONS = ['>=14.0.0']
const PATCHED = Symbol.for('plutus.stripe.patched')
/** Parsers of events that do not go through `constructEvent`, and whether they verify the signature. */
const PARSERS: Readonly<Record<string, boolean>> = {
  parseEventNotification: true,
  parseEventNotificationAsync: true,
  parseEventNotificationWithoutVerification: false,
}

/**
 * Creates the instrumentation of the package `stripe` from version 14 on, as CommonJS and as ES module.
 *
 * Each logical call is a span of kind client named by resource and method (`stripe.payment_intents.create`), above the
 * HTTP spans of its attempts; it is measured, and what it says of money becomes events. What is not as expected
 * in a newer library is left alone, with one line of diagnostics.
 *
 * @example createStripeInstrumentation({ events: false }) // spans and metrics, no events
 */
export function createStripeInstrumentation(options: StripeInstrumentationOptions = {}): StripeInstrumentation {
  return new StripeInstrumentation(options)
}

/** Instrumentation of Stripe's library, made by `createStripeInstrumentation`. */
export class StripeInstrumentation extends InstrumentationBase<StripeInstrumentationOptions> {
  constructor(options: StripeInstrumentationOptions) {
    super(SCOPE, VERSION, options)
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const host = this.createHost()
    const patchMain = (exports: unknown): unknown => patchParsers(host, exports)
    const files = ['cjs', 'esm'].flatMap((folder) => [
      file(`${folder}/RequestSender.js`, (exports) => patchSender(host, exports)),
      file(`${folder}/StripeResource.js`, (exports) => patchResource(host, exports)),
      file(`${folder}/Webhooks.js`, (exports) => patchWebhooks(host, exports)),
      // The entry by its file too: under another name than its own, a package is known only by that.
      file(`${folder}/stripe.${folder}.node.js`, patchMain),
    ])
    return [new InstrumentationNodeModuleDefinition('stripe', VERSIONS, patchMain, undefined, files)]
  }

  private createHost(): Host {
    const told = new Set<string>()
    const tracer = (): typeof this.tracer => this.tracer
    const config = (): StripeInstrumentationOptions => this.getConfig()
    return {
      get tracer() {
        return tracer()
      },
      get tellsEvents() {
        return config().events !== false
      },
      isEnabled: () => this.isEnabled(),
      backOff: (part) => {
        if (told.has(part)) return
        told.add(part)
        this._diag.warn(
          `${part} of stripe is not as expected and is left alone: its calls are seen as HTTP requests only`,
        )
      },
    }
  }
}

function file(path: string, patch: (exports: unknown) => unknown): InstrumentationNodeModuleFile {
  return new InstrumentationNodeModuleFile(`stripe/${path}`, VERSIONS, patch, () => undefined)
}

function patchSender(host: Host, exports: unknown): unknown {
  const prototype = memberOf(memberOf(exports, 'RequestSender'), 'prototype')
  replace(host, prototype, '_request', 'RequestSender._request', (original) => followRequest(host, original))
  // Versions before 17 have no raw requests.
  if (isFunction(memberOf(prototype, '_rawRequest'))) {
    replace(host, prototype, '_rawRequest', 'RequestSender._rawRequest', followRawRequest)
  }
  return exports
}

function patchResource(host: Host, exports: unknown): unknown {
  const prototype = memberOf(memberOf(exports, 'StripeResource'), 'prototype')
  replace(host, prototype, '_makeRequest', 'StripeResource._makeRequest', followPages)
  return exports
}

function patchWebhooks(host: Host, exports: unknown): unknown {
  replace(host, exports, 'createWebhooks', 'createWebhooks', (original) => followWebhooks(host, original))
  return exports
}

function patchParsers(host: Host, exports: unknown): unknown {
  const Stripe = [exports, memberOf(exports, 'Stripe'), memberOf(exports, 'default')].find(isFunction)
  for (const [name, isVerified] of Object.entries(PARSERS)) {
    const owner = ownerOf(memberOf(Stripe, 'prototype'), name)
    if (owner !== undefined) replace(host, owner, name, name, (original) => followParser(host, original, isVerified))
  }
  return exports
}

/** The object of a chain of prototypes that has the member itself. */
function ownerOf(start: unknown, name: string): Unknown | undefined {
  for (let object = start; isObject(object); object = Object.getPrototypeOf(object) as unknown) {
    if (Object.hasOwn(object, name)) return object
  }
  return undefined
}

/** Puts another function in the place of a member, once; the member keeps its name, its length and how it is listed. */
function replace(
  host: Host,
  owner: unknown,
  name: string,
  part: string,
  follow: (original: AnyFunction) => AnyFunction,
): void {
  const original = memberOf(owner, name)
  if (!isObject(owner) || !isFunction(original)) {
    host.backOff(part)
    return
  }
  if (memberOf(original, PATCHED) === true) return
  const replacement = mimic(follow(original), original)
  Object.defineProperty(replacement, PATCHED, { value: true })
  try {
    ;(owner as Record<string, unknown>)[name] = replacement
  } catch {
    host.backOff(part)
  }
}
