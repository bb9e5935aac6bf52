import type { Command } from './cli-io.ts'
import { runSpoolFlush } from './spool-flush.ts'
import { runSpoolLs } from './spool-ls.ts'
import { runSpoolShow } from './spool-show.ts'
import { runSpoolVerify } from './spool-verify.ts'
import { createGroup } from './subcommands.ts'
import type { Subcommands } from './subcommands.ts'

const SUBCOMMANDS: Subcommands = {
  ls: { run: runSpoolLs, usage: '[--json] [DIR]', about: 'counts what waits, by process, class and age' },
  show: {
    run: runSpoolShow,
    usage: '[--class CLASS] [--limit N] [--all] [--json] [DIR]',
    about: 'writes the records that wait, redacted once more',
  },
  flush: {
    run: runSpoolFlush,
    usage: '[--refused] [--json] [DIR]',
    about: 'sends what dead processes left to the endpoint of the variables OTEL_EXPORTER_OTLP_*',
  },
  verify: { run: runSpoolVerify, usage: '[--json] [DIR]', about: 'reads every byte and tells what is damaged' },
}

const REST = `  DIR              a spool, the part of one process in it, or a folder with several. Without it that of
                   PLUTUS_SPOOL_DIR, else those of all services of this user
  --class CLASS    payment, security, audit, application, performance, or spans
  --limit N        at most so many records (100)
  --all            also records that have been delivered, where their file is still there
  --refused        sends also what an endpoint refused before
  --json           one JSON document per line

Keys to decrypt with are read from PLUTUS_SPOOL_KEY_FILE. Only flush changes anything.
Exit code: 0 good, 1 something is damaged, undelivered or of a living process, 2 the command could not do what it was
asked.
`

/** Runs `plutus spool`. */
export const runSpool: Command = createGroup('spool', SUBCOMMANDS, REST)
