import type { Command } from './cli-io.ts'
import { runDiff } from './collector-diff.ts'
import { runExplain } from './collector-explain.ts'
import { runRender } from './collector-render.ts'
import { runCollectorRun } from './collector-run.ts'
import { runValidate } from './collector-validate.ts'
import { createGroup } from './subcommands.ts'
import type { Subcommands } from './subcommands.ts'

const SUBCOMMANDS: Subcommands = {
  render: {
    run: runRender,
    usage: '(--role ROLE [--out FILE] | --into FOLDER) [--backend NAME]',
    about: 'writes the configuration of a collector, or of all, with what runs them, retention of backends, and alerts',
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

const REST = `  --policy FILE    a policy file; given more than once, each lies on top of the one before. Without it, that of
                   PLUTUS_POLICY_FILE, else the built-in policy
  --role ROLE      single, agent, gateway or sampler
  --backend NAME   what is rendered for, in place of the policy's targets.backend
  --lifecycle USE=FILE  also checks the life cycle of a bucket: of the archive, or of a backend (backend=FILE)

Exit code: 0 good, 1 something was found, 2 the command could not do what it was asked.
`

/** Runs `plutus collector`. */
export const runCollector: Command = createGroup('collector', SUBCOMMANDS, REST)
