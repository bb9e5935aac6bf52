import { parseArgs } from 'node:util'
import { builtInPolicy, comparePolicies, formatTable, tabulateChanges } from '@plutus/policy'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { countOf } from './count-of.ts'
import { CommandError, readPolicy } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector diff`. */
export async function runDiff(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector diff', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    })
    const [before, after] = positionals.length === 1 ? [undefined, positionals[0]] : positionals
    if (after === undefined || positionals.length > 2) {
      throw new CommandError('name two policy files, or one to compare with the built-in policy')
    }
    const base = before === undefined ? builtInPolicy() : readPolicy([before], io)
    const changes = comparePolicies(base, readPolicy([after], io))
    if (values.json) for (const change of changes) io.out(`${JSON.stringify(change)}\n`)
    else if (changes.length > 0) io.out(formatTable(tabulateChanges(changes)))
    const losing = changes.filter(({ loses }) => loses).length
    io.err(`${countOf(changes.length, 'change')}, ${losing} of them ${losing === 1 ? 'loses' : 'lose'} something\n`)
    return changes.length > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}
