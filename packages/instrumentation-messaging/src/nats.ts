import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
  isWrapped,
  type InstrumentationConfig,
} from '@opentelemetry/instrumentation'
import { traceIterator, traceJetStreamPush, traceSubscribe } from './nats-consume.ts'
import { markJetStreamPublish, tracePublish, traceRequest, traceRequestMany, type Host } from './nats-publish.ts'
import { isFunction, isObject, type AnyFunction } from './unknown.ts'
import { VERSION } from './version.ts'

type Wrapper = (original: AnyFunction) => AnyFunction
type Prototype = Record<PropertyKey, AnyFunction>

/** Where the same classes lie in the packages of version 3 and in that of version 2. */
const PACKAGES = [
  { name: '@nats-io/nats-core', versions: ['>=3.0.0 <4'], core: 'lib' },
  { name: '@nats-io/jetstream', versions: ['>=3.0.0 <4'], jetStream: 'lib' },
  { name: 'nats', versions: ['>=2.0.0 <3'], core: 'lib/nats-base-client', jetStream: 'lib/jetstream' },
]

/**
 * Creates the instrumentation of NATS clients: `@nats-io/nats-core` 3 with every transport, `@nats-io/jetstream` 3,
 * `nats` 2.
 *
 * Messages carry the trace context in their headers where the server knows headers; the caller's objects stay as they
 * are. `publish` and `request` make spans of kind producer; a callback and each turn of a loop over messages run in
 * a span of kind consumer, below the one that sent the message.
 */
export function createNatsInstrumentation(config: InstrumentationConfig = {}): NatsInstrumentation {
  return new NatsInstrumentation('@plutus/instrumentation-messaging/nats', VERSION, config)
}

/** Instrumentation of NATS clients, made by `createNatsInstrumentation`. */
export class NatsInstrumentation extends InstrumentationBase {
  protected override init(): InstrumentationNodeModuleDefinition[] {
    const host: Host = this.createHost()
    return PACKAGES.map(({ name, versions, core, jetStream }) => {
      const file = (path: string, patch: (exports: Record<string, unknown>) => void): InstrumentationNodeModuleFile =>
        new InstrumentationNodeModuleFile(
          `${name}/${path}`,
          versions,
          (exports: unknown) => {
            if (isObject(exports)) patch(exports)
            return exports
          },
          () => undefined, // what is patched stays so, and acts only while the instrumentation is enabled
        )
      const files: InstrumentationNodeModuleFile[] = []
      if (core !== undefined) {
        files.push(
          file(`${core}/nats.js`, (exports) => {
            this.patch(exports['NatsConnectionImpl'], 'request', (original) => traceRequest(host, original))
            this.patch(exports['NatsConnectionImpl'], 'requestMany', (original) => traceRequestMany(host, original))
            this.patch(exports['NatsConnectionImpl'], 'subscribe', (original) => traceSubscribe(host, original))
          }),
          file(`${core}/protocol.js`, (exports) => {
            this.patch(exports['ProtocolHandler'], 'publish', (original) => tracePublish(host, original))
          }),
          file(`${core}/queued_iterator.js`, (exports) => {
            this.patch(exports['QueuedIteratorImpl'], Symbol.asyncIterator, (original) => traceIterator(host, original))
          }),
        )
      }
      if (jetStream !== undefined) {
        files.push(
          file(`${jetStream}/jsclient.js`, (exports) => {
            this.patch(exports['JetStreamClientImpl'], 'publish', markJetStreamPublish)
          }),
          file(`${jetStream}/consumer.js`, (exports) => {
            this.patch(exports['PullConsumerMessagesImpl'], '_push', (original) => traceJetStreamPush(host, original))
          }),
          file(`${jetStream}/pushconsumer.js`, (exports) => {
            this.patch(exports['PushConsumerMessagesImpl'], '_push', (original) => traceJetStreamPush(host, original))
          }),
        )
      }
      return new InstrumentationNodeModuleDefinition(name, versions, undefined, undefined, files)
    })
  }

  private createHost(): Host {
    const tracer = (): typeof this.tracer => this.tracer
    return {
      get tracer() {
        return tracer()
      },
      isEnabled: () => this.isEnabled(),
    }
  }

  private patch(owner: unknown, name: PropertyKey, wrapper: Wrapper): void {
    const prototype = isFunction(owner) ? (owner as unknown as { prototype: Prototype }).prototype : undefined
    if (prototype === undefined || !isFunction(prototype[name]) || isWrapped(prototype[name])) return
    this._wrap(prototype, name, wrapper)
  }
}
