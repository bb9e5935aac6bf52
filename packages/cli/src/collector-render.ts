import { parseArgs } from 'node:util'
import { writeFileSync } from 'node:fs'
import { BACKENDS, checkCollector, buildCollector, COLLECTOR_ROLES, renderCollector } from '@plutus/policy'
import { choose } from './choose.ts'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { CommandError, readPolicy } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector render`. */
export async function runRender(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector render', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        policy: { type: 'string', multiple: true, default: [] },
        role: { type: 'string' },
        backend: { type: 'string' },
        out: { type: 'string' },
      },
    })
    if (positionals.length > 0) throw new CommandError('plutus collector render takes options only; see --help')
    if (values.role === undefined) throw new CommandError(`say --role: one of ${COLLECTOR_ROLES.join(', ')}`)
    const role = choose('--role', values.role, COLLECTOR_ROLES)
    const backend = values.backend === undefined ? undefined : choose('--backend', values.backend, BACKENDS)
    const policy = readPolicy(values.policy, io)
    const wanted = { role, ...(backend === undefined ? {} : { backend }) }
    const problems = checkCollector(buildCollector(policy, wanted), policy, wanted)
    for (const { code, component, message } of problems) io.err(`${component}: ${code}: ${message}\n`)
    if (problems.length > 0) return EXIT_FOUND
    const text = renderCollector(policy, wanted)
    if (values.out === undefined) io.out(text)
    else write(values.out, text)
    return EXIT_GOOD
  })
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${file} cannot be written (${code})`)
  }
}
