import { context as contextApi } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'

/** The context that a caller gave, or the active one where that is none. */
export function asContext(given: Context | null | undefined): Context {
  return typeof given?.getValue === 'function' ? given : contextApi.active()
}
