import { suggestName } from '@plutus/config'
import { EXIT_FAILED, EXIT_GOOD } from './cli-io.ts'
import type { CliIo, Command } from './cli-io.ts'
import { runCollector } from './collector-command.ts'
import { runRedact } from './redact-command.ts'
import { runRetention } from './retention-command.ts'
import { runSpool } from './spool-command.ts'

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly about: string }>> = {
  collector: { run: runCollector, about: 'renders, checks and explains the collector that a policy asks for' },
  redact: { run: runRedact, about: 'finds in files what should not be in them: card data, credentials, personal data' },
  retention: { run: runRetention, about: 'deletes, compresses and bundles the files of an archive as the policy says' },
  spool: { run: runSpool, about: 'lists, shows, sends and checks what processes keep on disk until it is delivered' },
}

/**
 * Runs the `plutus` command.
 *
 * @param args Arguments behind `plutus`.
 * @returns the exit code: 0 good, 1 a check found something, 2 the command could not do what it was asked.
 * @example await runCli(['redact', '--check', 'app.log'], io) // 1 if the log holds a secret
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    io.out(describeCommands())
    return name === undefined ? EXIT_FAILED : EXIT_GOOD
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return await command.run(rest, io)
  const nearest = suggestName(name, Object.keys(COMMANDS))
  io.err(`plutus: there is no such command${nearest === undefined ? '' : `; did you mean ${nearest}?`}\n`)
  io.err(describeCommands())
  return EXIT_FAILED
}

function describeCommands(): string {
  const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  plutus ${name.padEnd(10)} ${about}\n`)
  return `Usage: plutus COMMAND …\n\n${lines.join('')}\nplutus COMMAND --help tells more.\n`
}
