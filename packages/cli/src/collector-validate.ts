import { parseArgs } from 'node:util'
import {
  BACKENDS,
  buildCollector,
  checkBucket,
  checkCollector,
  COLLECTOR_ROLES,
  policyHash,
  readCollectorConfig,
} from '@plutus/policy'
import type { BucketUse, CollectorConfig, Lifecycle } from '@plutus/policy'
import { choose } from './choose.ts'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { CommandError, readPolicy, readText } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

/** Runs `plutus collector validate`. */
export async function runValidate(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector validate', io, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        policy: { type: 'string', multiple: true, default: [] },
        role: { type: 'string' },
        backend: { type: 'string' },
        lifecycle: { type: 'string', multiple: true, default: [] },
      },
    })
    const policy = readPolicy(values.policy, io)
    const backend = choose('--backend', values.backend ?? policy.targets.backend, BACKENDS)
    const roles = values.role === undefined ? COLLECTOR_ROLES : [choose('--role', values.role, COLLECTOR_ROLES)]
    if (positionals.length > 0 && values.role === undefined) {
      throw new CommandError(`say --role, one of ${COLLECTOR_ROLES.join(', ')}: what a file must hold depends on it`)
    }
    const checked: [name: string, config: CollectorConfig][] =
      positionals.length > 0
        ? positionals.map((file) => [file, readConfig(file)])
        : roles.map((role) => [role, buildCollector(policy, { role, backend })])
    let count = 0
    for (const given of values.lifecycle) {
      const [use, file] = readLifecycleOption(given)
      for (const { code, component, message } of checkBucket(readLifecycle(file), policy, use)) {
        io.out(`${file}: ${component}: ${code}: ${message}\n`)
        count++
      }
    }
    for (const [at, [name, config]] of checked.entries()) {
      const role = positionals.length > 0 ? (roles[0] ?? 'single') : (roles[at] ?? 'single')
      for (const { code, component, message } of checkCollector(config, policy, { role, backend })) {
        io.out(`${name}: ${component}: ${code}: ${message}\n`)
        count++
      }
    }
    const names = [...checked.map(([name]) => name), ...values.lifecycle].join(', ')
    io.err(`${count === 0 ? 'nothing' : count} found in ${names}, by policy ${policyHash(policy)} for ${backend}\n`)
    return count > 0 ? EXIT_FOUND : EXIT_GOOD
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
