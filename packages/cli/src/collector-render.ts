import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeFolder } from '@plutus/journal'
import {
  COLLECTOR_ROLES,
  policyHash,
  renderCollector,
  renderDashboards,
  renderDeployments,
  renderRetention,
  renderRules,
} from '@plutus/policy'
import type { RenderedFile } from '@plutus/policy'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { COLLECTOR_OPTIONS, passesChecks, readCollectorArguments } from './collector-arguments.ts'
import type { CollectorArguments } from './collector-arguments.ts'
import { CommandError } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector render`. */
export async function runRender(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector render', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...COLLECTOR_OPTIONS, out: { type: 'string' }, into: { type: 'string' } },
    })
    if (positionals.length > 0) throw new CommandError('plutus collector render takes options only; see --help')
    if (values.into !== undefined) {
      if (values.role !== undefined || values.out !== undefined) throw new CommandError('--into renders every role')
      return writeAll(values.into, readCollectorArguments(values, io), io)
    }
    if (values.role === undefined) throw new CommandError(`say --role: one of ${COLLECTOR_ROLES.join(', ')}; or --into`)
    const { policy, role = 'single', ...rest } = readCollectorArguments(values, io)
    const wanted = { ...rest, role }
    if (!passesChecks(policy, wanted, io)) return EXIT_FOUND
    const text = renderCollector(policy, wanted)
    if (values.out === undefined) io.out(text)
    else write(values.out, text)
    return EXIT_GOOD
  })
}

/** Writes collectors of every role, what runs them, retention, rules and dashboards into a folder. */
function writeAll(folder: string, { policy, ...rest }: CollectorArguments, io: CliIo): number {
  const collectors = COLLECTOR_ROLES.map((role) => ({ ...rest, role }))
  const refused = collectors.filter((wanted) => !passesChecks(policy, wanted, io))
  if (refused.length > 0) return EXIT_FOUND
  const files = [
    ...collectors.map((wanted) => {
      return { name: `collector-${wanted.role}.yaml`, text: renderCollector(policy, wanted) }
    }),
    ...within('deployment', renderDeployments(policy, rest)),
    ...within('retention', renderRetention(policy)),
    ...within('rules', renderRules(policy)),
    ...within('dashboards', renderDashboards(policy)),
  ]
  for (const { name, text } of files) write(join(folder, name), text)
  io.err(`${files.length} files in ${folder}, by policy ${policyHash(policy)}\n`)
  return EXIT_GOOD
}

function within(folder: string, files: readonly RenderedFile[]): readonly RenderedFile[] {
  return files.map(({ name, text }) => ({ name: join(folder, name), text }))
}

function write(file: string, text: string): void {
  try {
    makeFolder(dirname(file))
    writeFileSync(file, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${file} cannot be written (${code})`)
  }
}
