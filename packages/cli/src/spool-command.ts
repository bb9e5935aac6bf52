import { suggestName } from '@plutus/config'
import { EXIT_FAILED, EXIT_GOOD } from './cli-io.ts'
import type { CliIo, Command } from './cli-io.ts'
import { runSpoolFlush } from './spool-flush.ts'
import { runSpoolLs } from './spool-ls.ts'
import { runSpoolShow } from './spool-show.ts'
import { runSpoolVerify } from './spool-verify.ts'

const SUBCOMMANDS: Readonly<Record<string, { readonly run: Command; readonly usage: string; readonly about: string }>> =
  {
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

/** Runs `plutus spool`. */
export async function runSpool(args: readonly string[], io: CliIo): Promise<number> {
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
  io.err(`plutus spool: there is no such command${nearest === undefined ? '' : `; did you mean ${nearest}?`}\n`)
  io.err(describeSubcommands())
  return EXIT_FAILED
}

function describeSubcommands(): string {
  const lines = Object.entries(SUBCOMMANDS).map(
    ([name, { usage, about }]) => `  plutus spool ${name} ${usage}\n      ${about}\n`,
  )
  return `Usage:

${lines.join('')}
  DIR              a spool, the part of one process in it, or a folder with several. Without it that of
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
}
