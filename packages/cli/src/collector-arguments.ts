import { BACKENDS, buildCollector, checkCollector, COLLECTOR_ROLES } from '@plutus/policy'
import type { BackendName, CollectorOptions, CollectorProblem, CollectorRole, Policy } from '@plutus/policy'
import { choose } from './choose.ts'
import type { CliIo } from './cli-io.ts'
import { readPolicy } from './read-policy.ts'

/** Options of every command that renders a collector or checks one, for `parseArgs`. */
export const COLLECTOR_OPTIONS = {
  policy: { type: 'string', multiple: true, default: [] as string[] },
  role: { type: 'string' },
  backend: { type: 'string' },
} as const

/** What these options say. */
export interface CollectorArguments {
  readonly policy: Policy
  readonly role?: CollectorRole
  readonly backend?: BackendName
}

/**
 * Reads the options of `COLLECTOR_OPTIONS`.
 *
 * @throws {CommandError} if one names nothing that there is, or a policy cannot be read.
 */
export function readCollectorArguments(
  values: { readonly policy: readonly string[]; readonly role?: string; readonly backend?: string },
  io: CliIo,
): CollectorArguments {
  const { role, backend } = values
  return {
    ...(role === undefined ? {} : { role: choose('--role', role, COLLECTOR_ROLES) }),
    ...(backend === undefined ? {} : { backend: choose('--backend', backend, BACKENDS) }),
    policy: readPolicy(values.policy, io),
  }
}

/** Whether what a policy renders passes the checks; what they find is told on standard error. */
export function passesChecks(policy: Policy, wanted: CollectorOptions, io: CliIo): boolean {
  const problems = checkCollector(buildCollector(policy, wanted), policy, wanted)
  for (const problem of problems) io.err(`${describeFinding(problem)}\n`)
  return problems.length === 0
}

/** A finding of a check, on one line. */
export function describeFinding({ code, component, message }: CollectorProblem): string {
  return `${component}: ${code}: ${message}`
}
