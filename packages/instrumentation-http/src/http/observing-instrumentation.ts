import type { Tracer } from '@opentelemetry/api'
import { ChannelInstrumentation } from '../channel-instrumentation.ts'
import { VERSION } from '../version.ts'
import { CallStarter } from './call-starter.ts'
import { HttpMetrics } from './metrics.ts'
import type { HttpOptions } from './options.ts'
import { ServerObserver } from './server.ts'

/** Base of the instrumentations of Node's own servers and clients: what both versions of HTTP share. */
export abstract class ObservingInstrumentation extends ChannelInstrumentation {
  // Declared only: the base class calls `init` before a field of this class would be set.
  declare protected options: HttpOptions

  constructor(options: HttpOptions) {
    super('@plutus/instrumentation-http', VERSION, { enabled: false })
    this.options = options
    this.enable()
  }

  protected override init(): void {
    // Nothing is patched as a module: channels need none, and HTTP/2 exports none of what would be.
  }

  protected override listen(): void {
    const metrics = new HttpMetrics()
    const tracer = (): Tracer => this.tracer
    const server = new ServerObserver(this.options, metrics, tracer)
    this.observe(server, new CallStarter(this.options, metrics, tracer), metrics)
  }

  /** Starts listening, with what observes requests that come and starts those that go. */
  protected abstract observe(server: ServerObserver, calls: CallStarter, metrics: HttpMetrics): void
}
