import { readFileSync } from 'node:fs'
import type { ResolvedConfig } from '@plutus/config'
import { DATA_CLASSES } from '@plutus/conventions'
import type { EventSeverity } from '@plutus/conventions'
import { classOfRecord, describeProblem, parsePolicy, policyHash } from '@plutus/policy'
import type { Policy, PolicyError } from '@plutus/policy'
import { classOfEvent } from '@plutus/sdk'
import type { ClassRules } from '@plutus/sdk'
import type { SamplingSettings } from './plutus-settings.ts'

/** What a policy file decides in a process. */
export interface ProcessPolicy {
  readonly classRules: ClassRules
  /** Absent where the policy lets the collector decide. */
  readonly sampling: SamplingSettings | undefined
  /** From when on a request is slow, so that its trace is kept. */
  readonly slowMillis: number
  /** Whether the collector drops traces, so that spans have to say for which a record asks. */
  readonly marksKept: boolean
  /** Hash of the policy, which everything made from it carries. */
  readonly hash: string
}

// As OpenTelemetry numbers them: each severity has four numbers.
const SEVERITIES: readonly (EventSeverity | undefined)[] = [undefined, 'debug', 'info', 'warn', 'error', 'fatal']

/**
 * Reads the policy file that a variable names. One that cannot be used costs a line for its first problem, and the
 * built-in policy holds.
 */
export function readProcessPolicy(
  file: string,
  config: ResolvedConfig,
  warn: (line: string) => void,
): ProcessPolicy | undefined {
  let policy: Policy
  try {
    policy = parsePolicy(readFileSync(file, 'utf8'), { file })
  } catch (error) {
    warn(`PLUTUS_POLICY_FILE cannot be used, and the built-in policy holds: ${describe(error)}`)
    return undefined
  }
  const { rate, adaptive, decidedBy } = policy.sampling
  const isOwn = config.isSet('PLUTUS_SAMPLE_RATE') && config.get('PLUTUS_SAMPLE_RATE') < 1
  if (decidedBy === 'collector' && rate < 1 && isOwn) {
    warn('PLUTUS_SAMPLE_RATE is set though the policy lets the collector sample: what is left of both remains')
  }
  return {
    classRules: rulesOf(policy),
    sampling: decidedBy === 'process' ? { rate, adaptive } : undefined,
    slowMillis: policy.sampling.slowMillis,
    marksKept: decidedBy === 'collector' && rate < 1,
    hash: policyHash(policy),
  }
}

/** Rules of classes as the engine asks for them, call by call. */
function rulesOf(policy: Policy): ClassRules {
  const { classes } = policy
  const hasMatches = DATA_CLASSES.some((name) => classes[name].match.length > 0)
  return {
    durable: new Set(DATA_CLASSES.filter((name) => classes[name].durable)),
    kept: new Set(DATA_CLASSES.filter((name) => classes[name].keep === 'all')),
    classOf: hasMatches
      ? (said, eventName, severityNumber) =>
          classOfRecord(policy, {
            dataClass: said ?? classOfEvent(eventName),
            ...(typeof eventName === 'string' && { eventName }),
            ...severityOf(severityNumber),
          })
      : (said, eventName) => (said === undefined ? classOfEvent(eventName) : said),
  }
}

function severityOf(severityNumber: unknown): { severity?: EventSeverity } {
  const number = typeof severityNumber === 'number' ? severityNumber : 0
  const severity = SEVERITIES[Math.min(Math.ceil(number / 4), SEVERITIES.length) - 1]
  return severity === undefined ? {} : { severity }
}

function describe(error: unknown): string {
  const { code, problems } = error as Partial<PolicyError>
  const [first] = problems ?? []
  if (first === undefined) return String(code)
  const more = (problems?.length ?? 1) - 1
  return `${describeProblem(first)}${more > 0 ? ` (and ${more} more)` : ''}`
}
