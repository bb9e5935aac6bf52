import { parseArgs } from 'node:util'
import { describeLinks, explainEvents, formatTable, tabulateExplanations } from '@plutus/policy'
import { CATALOGUE } from '@plutus/conventions'
import { suggestName } from '@plutus/config'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { readPolicy } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector explain`. */
export async function runExplain(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector explain', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        policy: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
      },
    })
    const known = CATALOGUE.map(({ name }) => name)
    const policy = readPolicy(values.policy, io)
    const explanations = explainEvents(policy, positionals.length > 0 ? positionals : known)
    if (values.json) for (const one of explanations) io.out(`${JSON.stringify(one)}\n`)
    else io.out(`${formatTable(tabulateExplanations(explanations))}\n${describeLinks(policy)}\n`)
    const strangers = new Set(explanations.filter((one) => !one.known).map(({ event }) => event))
    for (const name of strangers) {
      const nearest = suggestName(name, known)
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
      io.err(`${JSON.stringify(name)} is not in the catalogue: explained as a record without a class${hint}\n`)
    }
    return strangers.size > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}
