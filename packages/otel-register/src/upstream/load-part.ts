import { loadFile } from '../own-files.ts'
import type * as B3 from './parts/b3.ts'
import type * as ConfigFile from './parts/config-file.ts'
import type * as Grpc from './parts/grpc.ts'
import type * as Json from './parts/json.ts'
import type * as Prometheus from './parts/prometheus.ts'

interface Parts {
  readonly b3: typeof B3
  readonly 'config-file': typeof ConfigFile
  readonly grpc: typeof Grpc
  readonly json: typeof Json
  readonly prometheus: typeof Prometheus
}

/**
 * Loads a part of the engine that few services need. At once, since what it makes has to be there before the
 * application's first line; as a module of its own, so that all others do not pay for it.
 */
export function loadPart<Name extends keyof Parts>(name: Name): Parts[Name] {
  return loadFile(`upstream/parts/${name}`) as Parts[Name]
}
