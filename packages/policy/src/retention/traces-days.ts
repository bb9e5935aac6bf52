import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'

/** Days for which spans and metrics can be searched: they have no class, and stay as long as the ordinary records beside them. */
export function tracesDays({ classes }: Policy): number {
  return Math.max(
    ...CLASS_ORDER.filter((name) => !classes[name].durable).map((name) => classes[name].searchableDays),
    1,
  )
}
