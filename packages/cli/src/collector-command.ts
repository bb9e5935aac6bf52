import { EXIT_FAILED, EXIT_GOOD } from './cli-io.ts'
import type { CliIo, Command } from './cli-io.ts'
import { runDiff } from './collector-diff.ts'
import { runExplain } from './collector-explain.ts'
import { runRender } from './collector-render.ts'
import { runCollectorRun } from './collector-run.ts'
import { runValidate } from './collector-validate.ts'
import { suggestName } from '@plutus/config'

const SUBCOMMANDS: Readonly<Record<string, { readonly run: Command; readonly usage: string; readonly about: string }>> =
  {
    render: {
      run: runRender,
      usage: '(--role ROLE [--out FILE] | --into FOLDER) [--backend NAME]',
      about: 'writes the configuration of a collector, or of all, with retention of backends, and alerts',
    },
    validate: {
      run: runValidate,
      usage: '[--role ROLE] [--lifecycle archive=FILE] [FILE…]',
      about: 'checks the policy and what is rendered from it, or files of a collector',
    },
    explain: {
      run: runExplain,
      usage: '[--json] [EVENT…]',
      about: 'tells where events go, whether they can be dropped, how long they are kept',
    },
    run: {
      run: runCollectorRun,
      usage: '[--role ROLE] [--backend NAME] [--dir FOLDER] [--collector FILE]',
      about:
        'starts a collector by the policy: that of @plutus/otelcol-*, else otelcol-plutus or otelcol-contrib on the path',
    },
    diff: {
      run: runDiff,
      usage: '[--json] [BEFORE] AFTER',
      about: 'tells what changes from one policy to another, and for whom',
    },
  }

/** Runs `plutus collector`. */
export async function runCollector(args: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(describeSubcommands())
    return name === undefined ? EXIT_FAILED : EXIT_GOOD
  }
  const command = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined
  if (command !== undefined) {
    if (!rest.includes('--help') && !rest.includes('-h')) return await command.run(rest, io)
    io.out(describeSubcommands())
    return EXIT_GOOD
  }
  const nearest = suggestName(name, Object.keys(SUBCOMMANDS))
  io.err(`plutus collector: there is no such command${nearest === undefined ? '' : `; did you mean ${nearest}?`}\n`)
  io.err(describeSubcommands())
  return EXIT_FAILED
}

function describeSubcommands(): string {
  const lines = Object.entries(SUBCOMMANDS).map(
    ([name, { usage, about }]) => `  plutus collector ${name} ${usage}\n      ${about}\n`,
  )
  return `Usage:

${lines.join('')}
  --policy FILE    a policy file; given more than once, each lies on top of the one before. Without it, that of
                   PLUTUS_POLICY_FILE, else the built-in policy
  --role ROLE      single, agent, gateway or sampler
  --backend NAME   what is rendered for, in place of the policy's targets.backend
  --lifecycle USE=FILE  also checks the life cycle of a bucket: of the archive, or of a backend (backend=FILE)

Exit code: 0 good, 1 something was found, 2 the command could not do what it was asked.
`
}
