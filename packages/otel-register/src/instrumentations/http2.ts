import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { ResolvedConfig } from '@plutus/config'
import { createHttp2Instrumentation, httpOptionsFrom } from '@plutus/instrumentation-http'

/** Ours under both engines: upstream has none. */
export const create = (config: ResolvedConfig): Instrumentation => createHttp2Instrumentation(httpOptionsFrom(config))
