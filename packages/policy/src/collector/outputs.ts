import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'

/** What leaves a collector separately: the records of each class, spans, metrics. */
export const OUTPUTS = [...CLASS_ORDER, 'traces', 'metrics'] as const

/** One of `OUTPUTS`. */
export type Output = (typeof OUTPUTS)[number]

/** Which signal an output is. */
export function signalOf(output: Output): 'logs' | 'traces' | 'metrics' {
  return output === 'traces' || output === 'metrics' ? output : 'logs'
}

/** Whether an output survives a power cut. */
export function isDurable(policy: Policy, output: Output): boolean {
  return output !== 'traces' && output !== 'metrics' && policy.classes[output].durable
}

/** Bound of an output's queue. */
export function queueBytesOf(policy: Policy, output: Output): number {
  if (output === 'traces') return policy.limits.tracesQueueBytes
  if (output === 'metrics') return policy.limits.metricsQueueBytes
  return policy.classes[output].queueBytes
}
