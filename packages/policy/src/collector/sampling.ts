import type { DataClass } from '@plutus/conventions'
import type { Components } from '../collector-config.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy, SamplingPolicy } from '../policy.ts'
import { conditionOfClass } from './class-routing.ts'

// OpenTelemetry's consistent probability sampling: the last 56 bits of a trace id against a threshold. SDKs, spans and
// log records that go by it keep the same requests.
const RANDOM_DIGITS = 14
const RANDOM_FROM = 18
const MAX_AFTER_ROOT_MILLIS = 5000

/** Whether a collector has to choose: the policy keeps less than everything, and leaves the choice to it. */
export function samplesInCollector({ rate, decidedBy }: SamplingPolicy): boolean {
  return decidedBy === 'collector' && rate < 1
}

/** The lowest last 14 digits of a trace id by which a trace is chosen; of 15 digits, and so above all, for a rate of 0. */
export function thresholdOf(rate: number): string {
  const all = 2n ** 56n
  const dropped = all - BigInt(Math.round(Math.min(rate, 1) * 2 ** 56)) // as the SDK counts it
  return dropped.toString(16).padStart(RANDOM_DIGITS, '0')
}

/** Keeps whole traces: those with an error, an exception, slow ones, marked ones, and a share of the rest by trace id. */
export function buildTailSampling(policy: Policy): Components {
  const { sampling } = policy
  const durable = CLASS_ORDER.filter((name) => policy.classes[name].keep === 'all')
  return {
    tail_sampling: {
      decision_wait: `${sampling.waitMillis}ms`,
      decision_wait_after_root_received: `${Math.min(sampling.waitMillis, MAX_AFTER_ROOT_MILLIS)}ms`,
      num_traces: sampling.maxTraces,
      maximum_trace_size_bytes: 2_000_000,
      // Spans that come after the decision share it as long as it is remembered.
      decision_cache: {
        sampled_cache_size: sampling.maxTraces * 10,
        non_sampled_cache_size: sampling.maxTraces * 20,
      },
      policies: [
        { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
        { name: 'slow', type: 'latency', latency: { threshold_ms: sampling.slowMillis } },
        ottl('kept', [
          'span.attributes["plutus.keep"] == true',
          ...durable.map((name) => `span.attributes["plutus.data.class"] == "${name}"`),
        ]),
        {
          name: 'exceptions',
          type: 'ottl_condition',
          ottl_condition: { error_mode: 'ignore', spanevent: ['spanevent.name == "exception"'] },
        },
        ...(sampling.rate > 0 ? [ottl('baseline', [`${randomOf('span')} >= "${thresholdOf(sampling.rate)}"`])] : []),
      ],
    },
  }
}

/**
 * Drops of a class what traces of the same share drop: records below WARN that are in a trace which is not chosen. Records
 * outside of traces, of unknown severity, marked ones and those with an exception stay; so does what only fell to the class.
 */
export function buildLogSampling(policy: Policy, name: DataClass): Readonly<Record<string, unknown>> {
  const conditions = [
    `(${conditionOfClass(policy, name)})`,
    'log.severity_number >= SEVERITY_NUMBER_TRACE',
    'log.severity_number < SEVERITY_NUMBER_WARN',
    'log.trace_id != TraceID(0x00000000000000000000000000000000)',
    `${randomOf('log')} < "${thresholdOf(policy.sampling.rate)}"`,
    'log.attributes["plutus.keep"] != true',
    'log.attributes["plutus.keep.head"] != true',
    'log.attributes["exception.type"] == nil',
    'log.event_name != "process.started"',
    'log.event_name != "process.stopped"',
  ]
  return { error_mode: 'ignore', log_conditions: [conditions.join(' and ')] } // what cannot be judged stays
}

function ottl(name: string, span: readonly string[]): unknown {
  return { name, type: 'ottl_condition', ottl_condition: { error_mode: 'ignore', span } }
}

function randomOf(record: 'span' | 'log'): string {
  return `Substring(${record}.trace_id.string, ${RANDOM_FROM}, ${RANDOM_DIGITS})`
}
