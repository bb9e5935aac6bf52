import { PlutusError } from '@plutus/conventions'
import { POLICY_RULES } from './policy-rules.ts'
import type { PolicyRuleCode } from './policy-rules.ts'

/** Where something stands in a file, both from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What is wrong with a policy, and where. */
export interface PolicyProblem extends Position {
  readonly code: PolicyRuleCode
  /** Members down to the place, such as `classes.payment.archive`; empty for the whole file. */
  readonly path: string
  /** Names the thing, the rule that it broke and the way out, never the value. */
  readonly message: string
}

/** Says that a policy file breaks its rules; its code is `PLUTUS_POLICY_INVALID`. */
export class PolicyError extends PlutusError {
  /** Everything that is wrong, in the order of the file. */
  readonly problems: readonly PolicyProblem[]

  constructor(problems: readonly PolicyProblem[]) {
    super('PLUTUS_POLICY_INVALID', problems.map(describeProblem).join('\n'))
    this.name = 'PolicyError'
    this.problems = problems
  }
}

/** A problem on one line, as compilers write it: file, line, column, code, message. */
export function describeProblem({ file, line, column, code, message }: PolicyProblem): string {
  return `${file}:${line}:${column}: ${code}: ${message}`
}

/** Makes a problem: what is wrong, then the way out of its rule. */
export function createProblem(code: PolicyRuleCode, path: string, position: Position, wrong: string): PolicyProblem {
  return { code, path, ...position, message: `${wrong} ${POLICY_RULES[code].wayOut}` }
}
