import type { Method } from '../method.ts'
import type { Monitor } from '../monitor.ts'
import type { SpanRole } from '../observed-tracer.ts'
import type { ModulePatch, UpstreamInternals, Wrap } from '../upstream.ts'

/** What is done to the upstream instrumentation of one client library. */
export interface System {
  /** Options that it gets whatever it was created with: those that keep bound values out. */
  readonly config: object
  /** What the spans are that upstream makes itself. */
  readonly roleOf: SpanRole
  /** Upstream's metrics are right and stay. @defaultValue false: upstream's are silenced, ours are recorded */
  readonly keepsUpstreamMetrics?: true
  /** Decides about a method that upstream is about to wrap: see {@link interceptWraps}. */
  replace?(
    target: object,
    name: PropertyKey,
    monitor: Monitor,
    wrap: Wrap,
  ): ((original: Method) => Method) | false | undefined
  /** Further modules and files to change. */
  modulePatches?(monitor: Monitor, wrap: Wrap): readonly ModulePatch[]
  /** Changes the instrumentation itself. */
  adjust?(instrumentation: UpstreamInternals, monitor: Monitor): void
}
