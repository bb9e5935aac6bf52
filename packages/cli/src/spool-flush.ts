import { parseArgs } from 'node:util'
import { resolveConfig } from '@plutus/config'
import type { ResolvedConfig } from '@plutus/config'
import { flushSpools, otlpSettings, showOrigin } from '@plutus/sdk'
import type { ExportTarget, FlushProgress } from '@plutus/sdk'
import { EXIT_FAILED, EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { CommandError } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'
import { chooseSpool, nameOf } from './spool-arguments.ts'

// After that an endpoint is told to be out of reach; what is left stays on disk.
const GIVE_UP_MILLIS = 15_000
const BAR_CELLS = 30
const ERASE_LINE = '\r\u001B[K'

/** Runs `plutus spool flush`. */
export async function runSpoolFlush(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('spool flush', io, async () => {
    const options = { refused: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const spool = chooseSpool(positionals, io)
    const config = resolveConfig(io.env)
    const warn = (line: string): void => io.err(`${eraser(io)}plutus spool flush: ${line}\n`)
    const targets = readTargets(config, warn)
    const progress = createProgress(io)
    const { delivered, refused, left, alive } = await flushSpools({
      ...spool,
      targets,
      userAgent: 'plutus-cli',
      withRefused: values.refused,
      onProgress: progress,
      warn,
    }).catch((error: unknown) => {
      throw new CommandError(`${spool.path} cannot be flushed (${describe(error)})`)
    })
    io.err(eraser(io))
    for (const path of alive) warn(`${nameOf(path, spool)} is left alone: its owner lives, and sends it itself`)
    for (const path of left) warn(`${nameOf(path, spool)} is not empty; plutus spool ls and verify tell of what`)
    if (values.json) io.out(`${JSON.stringify({ delivered, refused, left, alive })}\n`)
    else io.out(`${delivered} delivered to ${showOrigin(targets[0].settings)}, ${refused} refused\n`)
    if (left.length > 0 || refused > 0) return EXIT_FOUND
    return alive.length > 0 && delivered === 0 ? EXIT_FAILED : alive.length > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}

function readTargets(config: ResolvedConfig, warn: (line: string) => void): [ExportTarget, ...ExportTarget[]] {
  const target = (signal: 'logs' | 'traces'): ExportTarget => ({
    signal,
    settings: otlpSettings(config, signal, warn),
    giveUpAfterMillis: GIVE_UP_MILLIS,
  })
  return [target('logs'), target('traces')]
}

function eraser({ isTerminal }: CliIo): string {
  return isTerminal === true ? ERASE_LINE : ''
}

/** A bar on a terminal; a log has no use for one. */
function createProgress(io: CliIo): (progress: FlushProgress) => void {
  if (io.isTerminal !== true) return () => {}
  return ({ step, doneBytes, totalBytes }) => {
    if (step === 'watching') io.err(`${ERASE_LINE}watching for owners that live …`)
    else {
      const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes)
      const cells = '#'.repeat(Math.round(share * BAR_CELLS)).padEnd(BAR_CELLS, '.')
      const sizes = `${inMebibytes(doneBytes)} of ${inMebibytes(totalBytes)} MiB`
      io.err(`${ERASE_LINE}[${cells}] ${Math.floor(share * 100)} %, ${sizes}`)
    }
  }
}

function inMebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && !String(error.code).startsWith('PLUTUS_') ? String(error.code) : error.message
}
