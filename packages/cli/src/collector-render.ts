import { parseArgs } from 'node:util'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  BACKENDS,
  buildCollector,
  checkCollector,
  COLLECTOR_ROLES,
  policyHash,
  renderCollector,
  renderDashboards,
  renderRetention,
  renderRules,
} from '@plutus/policy'
import type { BackendName, CollectorOptions, Policy } from '@plutus/policy'
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
        into: { type: 'string' },
      },
    })
    if (positionals.length > 0) throw new CommandError('plutus collector render takes options only; see --help')
    const backend = values.backend === undefined ? undefined : choose('--backend', values.backend, BACKENDS)
    if (values.into !== undefined) {
      if (values.role !== undefined || values.out !== undefined) throw new CommandError('--into renders every role')
      return writeAll(values.into, readPolicy(values.policy, io), backend, io)
    }
    if (values.role === undefined) throw new CommandError(`say --role: one of ${COLLECTOR_ROLES.join(', ')}; or --into`)
    const role = choose('--role', values.role, COLLECTOR_ROLES)
    const policy = readPolicy(values.policy, io)
    const text = renderChecked(policy, { role, ...(backend === undefined ? {} : { backend }) }, io)
    if (text === undefined) return EXIT_FOUND
    if (values.out === undefined) io.out(text)
    else write(values.out, text)
    return EXIT_GOOD
  })
}

/** Writes collectors of every role, retention, rules and dashboards into a folder. */
function writeAll(folder: string, policy: Policy, backend: BackendName | undefined, io: CliIo): number {
  const collectors = COLLECTOR_ROLES.map((role) => ({
    name: `collector-${role}.yaml`,
    text: renderChecked(policy, { role, ...(backend === undefined ? {} : { backend }) }, io),
  }))
  if (collectors.some(({ text }) => text === undefined)) return EXIT_FOUND
  const files = [
    ...collectors,
    ...renderRetention(policy).map(({ name, text }) => ({ name: join('retention', name), text })),
    ...renderRules(policy).map(({ name, text }) => ({ name: join('rules', name), text })),
    ...renderDashboards(policy).map(({ name, text }) => ({ name: join('dashboards', name), text })),
  ]
  for (const { name, text } of files) write(join(folder, name), text ?? '')
  io.err(`${files.length} files in ${folder}, by policy ${policyHash(policy)}\n`)
  return EXIT_GOOD
}

/** The configuration of a collector; `undefined` where a check found something, which is told. */
function renderChecked(policy: Policy, wanted: CollectorOptions, io: CliIo): string | undefined {
  const problems = checkCollector(buildCollector(policy, wanted), policy, wanted)
  for (const { code, component, message } of problems) io.err(`${component}: ${code}: ${message}\n`)
  return problems.length > 0 ? undefined : renderCollector(policy, wanted)
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${file} cannot be written (${code})`)
  }
}
