import { loadFile } from '../own-files.ts'
import type * as Export from './parts/export.ts'
import type * as Metrics from './parts/metrics.ts'
import type * as Policy from './parts/policy.ts'
import type * as Sampling from './parts/sampling.ts'
import type * as Spool from './parts/spool.ts'
import type * as Threads from './parts/threads.ts'
import type * as Upstream from './parts/upstream.ts'
import type * as Works from './parts/works.ts'

interface Parts {
  readonly export: typeof Export
  readonly metrics: typeof Metrics
  readonly policy: typeof Policy
  readonly sampling: typeof Sampling
  readonly spool: typeof Spool
  readonly threads: typeof Threads
  readonly upstream: typeof Upstream
  readonly works: typeof Works
}

/** Loads a part that the first line of an application can do without. At once: the end of a process waits for nothing. */
export function loadPart<Name extends keyof Parts>(name: Name): Parts[Name] {
  return loadFile(`plutus/parts/${name}`) as Parts[Name]
}
