import type { Meter } from '@opentelemetry/api'
import type { ResolvedConfig } from '@plutus/config'
import { readRedactionPolicy } from '@plutus/events'
import type { Redactor } from '@plutus/redaction'
import { loadFile } from './own-files.ts'
import type * as Part from './parts/redaction.ts'

/** The one redaction policy of the process, as the hook holds it. */
export interface HookRedaction {
  /** Gives the redactor, made at the first call: a program that tells and records nothing needs none. */
  readonly redactor: () => Redactor
  /** What is wrong with a setting, one line each. */
  readonly warnings: readonly string[]
  /** A line for the operator as it may be written. Throws nothing. */
  redactLine(line: string): string
  /** How many values were masked so far. */
  hits(): number
  /** From now on counts as `plutus.redaction.hits`, what was counted before included. */
  measureWith(meter: Pick<Meter, 'createCounter'>): void
}

/** Prepares the policy that the variables ask for. */
export function createHookRedaction(config: ResolvedConfig): HookRedaction {
  const warnings: string[] = []
  const policy = readRedactionPolicy(config, (line) => warnings.push(line))
  let made: Part.CountingRedactor | undefined
  const make = (): Part.CountingRedactor =>
    (made ??= (loadFile('parts/redaction') as typeof Part).createCountingRedactor(policy))
  return {
    redactor: () => make().redactor,
    warnings,
    redactLine: (line) => {
      try {
        return make().redactor.text(line, 'line')
      } catch {
        return '[redacted]'
      }
    },
    hits: () => made?.hits() ?? 0,
    measureWith: (meter) => make().measureWith(meter),
  }
}
