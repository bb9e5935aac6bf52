import { parseArgs } from 'node:util'
import {
  buildCollector,
  checkBucket,
  checkCollector,
  COLLECTOR_ROLES,
  describeLinks,
  policyHash,
  readCollectorConfig,
} from '@plutus/policy'
import type { BucketUse, CollectorConfig, CollectorProblem, CollectorRole, Lifecycle } from '@plutus/policy'
import { choose } from './choose.ts'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { COLLECTOR_OPTIONS, describeFinding, readCollectorArguments } from './collector-arguments.ts'
import { CommandError, readText } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector validate`. */
export async function runValidate(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector validate', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...COLLECTOR_OPTIONS, lifecycle: { type: 'string', multiple: true, default: [] } },
    })
    if (positionals.length > 0 && values.role === undefined) {
      throw new CommandError(`say --role, one of ${COLLECTOR_ROLES.join(', ')}: what a file must hold depends on it`)
    }
    const { policy, role, backend = policy.targets.backend } = readCollectorArguments(values, io)
    const checked: [name: string, config: CollectorConfig, role: CollectorRole][] =
      positionals.length > 0
        ? positionals.map((file) => [file, readConfig(file), role ?? 'single'])
        : COLLECTOR_ROLES.filter((one) => role === undefined || one === role).map((one) => {
            return [one, buildCollector(policy, { role: one, backend }), one]
          })
    const found: [name: string, problem: CollectorProblem][] = []
    for (const given of values.lifecycle) {
      const [use, file] = readLifecycleOption(given)
      for (const problem of checkBucket(readLifecycle(file), policy, use)) found.push([file, problem])
    }
    for (const [name, config, of] of checked) {
      for (const problem of checkCollector(config, policy, { role: of, backend })) found.push([name, problem])
    }
    for (const [name, problem] of found) io.out(`${name}: ${describeFinding(problem)}\n`)
    if (policy.redaction.unmaskedLinks === 'pass') io.err(`${describeLinks(policy)}\n`)
    const names = [...checked.map(([name]) => name), ...values.lifecycle].join(', ')
    const count = found.length === 0 ? 'nothing' : found.length
    io.err(`${count} found in ${names}, by policy ${policyHash(policy)} for ${backend}\n`)
    return found.length > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}

function readLifecycleOption(given: string): [BucketUse, string] {
  const [use = '', ...file] = given.split('=')
  if (file.length === 0) throw new CommandError('--lifecycle takes archive=FILE or backend=FILE')
  return [choose('--lifecycle', use, ['archive', 'backend']), file.join('=')]
}

function readLifecycle(file: string): Lifecycle {
  try {
    const read = JSON.parse(readText(file)) as Partial<Lifecycle> | null
    if (Array.isArray(read?.Rules)) return read as Lifecycle
  } catch (error) {
    if (error instanceof CommandError) throw error
  }
  throw new CommandError(`${file} is no life cycle of a bucket: JSON with a list of Rules`)
}

function readConfig(file: string): CollectorConfig {
  const config = readCollectorConfig(readText(file))
  if (config === undefined) throw new CommandError(`${file} is no YAML of a collector's configuration`)
  return config
}
