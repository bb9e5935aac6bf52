import { suggestName } from '@plutus/config'
import { EXIT_FAILED, EXIT_GOOD } from './cli-io.ts'
import type { CliIo, Command } from './cli-io.ts'

/** What a command can be asked to do, by name. */
export type Subcommands = Readonly<
  Record<string, { readonly run: Command; readonly usage: string; readonly about: string }>
>

/** Makes a command of others: the first argument names one of them. `rest` is what the usage says below their list. */
export function createGroup(group: string, subcommands: Subcommands, rest: string): Command {
  const lines = Object.entries(subcommands).map(
    ([name, { usage, about }]) => `  plutus ${group} ${name} ${usage}\n      ${about}\n`,
  )
  const usage = `Usage:\n\n${lines.join('')}\n${rest}`
  return async (args: readonly string[], io: CliIo): Promise<number> => {
    const [name, ...others] = args
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      io.out(usage)
      return name === undefined ? EXIT_FAILED : EXIT_GOOD
    }
    const command = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
    if (command !== undefined) {
      if (!others.includes('--help') && !others.includes('-h')) return await command.run(others, io)
      io.out(usage)
      return EXIT_GOOD
    }
    const nearest = suggestName(name, Object.keys(subcommands))
    io.err(`plutus ${group}: there is no such command${nearest === undefined ? '' : `; did you mean ${nearest}?`}\n`)
    io.err(usage)
    return EXIT_FAILED
  }
}
