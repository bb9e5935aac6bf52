import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { applyRetention, COMPRESSIONS, formatTable, planRetention } from '@plutus/policy'
import type { RetentionOptions, RetentionStep } from '@plutus/policy'
import { choose } from './choose.ts'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { CommandError, readPolicy } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'

const USAGE = `Usage:

  plutus retention [--apply] [--policy FILE] [--compress HOW] [--move-to FOLDER] [--log FILE] [--json] [DIR]
      deletes, compresses and bundles the files of an archive as the policy says, and makes room on a full disk

  DIR               the archive: a folder per class in it; without it that of PLUTUS_ARCHIVE_DIR
  --apply           does it; without it the command tells what it would do, and changes nothing
  --policy FILE     a policy file; several lie on top of each other
  --compress HOW    gzip or zstd (gzip); files that are compressed already stay as they are
  --move-to FOLDER  a folder on another volume, which takes the oldest files when the disk is full
  --log FILE        where audit events of what was done go (DIR/retention.jsonl)
  --json            one JSON document per line

Exit code: 0 good, 1 something could not be done or the disk is still full, 2 the command could not do what it was asked.
`

/** Runs `plutus retention`. */
export async function runRetention(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('retention', io, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        apply: { type: 'boolean', default: false },
        policy: { type: 'string', multiple: true, default: [] },
        compress: { type: 'string', default: 'gzip' },
        'move-to': { type: 'string' },
        log: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      io.out(USAGE)
      return EXIT_GOOD
    }
    const folder = chooseFolder(positionals, io)
    const moveTo = values['move-to']
    if (moveTo !== undefined && deviceOf(moveTo) === deviceOf(folder)) {
      throw new CommandError(`${moveTo} is on the volume of ${folder}: moving files there makes no room`)
    }
    const options: RetentionOptions = {
      folder,
      policy: readPolicy(values.policy, io),
      now: Date.now(),
      compression: choose('--compress', values.compress, COMPRESSIONS),
      ...(moveTo === undefined ? {} : { moveTo: resolve(moveTo) }),
    }
    const tell = values.json ? toJson : toRow
    if (!values.apply) {
      const steps = guardFiles(folder, () => planRetention(options))
      io.out(
        writeLines(
          steps.map((step) => tell(step, 'planned')),
          values.json,
        ),
      )
      io.err(`${steps.length} steps planned in ${folder}; --apply takes them\n`)
      return EXIT_GOOD
    }
    const log = values.log === undefined ? {} : { log: resolve(values.log) }
    const report = await applyRetention({ ...options, ...log }).catch((error: unknown) => refuse(folder, error))
    const lines = [
      ...report.done.map((step) => tell(step, 'done')),
      ...report.failed.map(({ step, reason }) => tell(step, 'failed', reason)),
    ]
    io.out(writeLines(lines, values.json))
    io.err(`${report.done.length} steps done in ${folder}, ${report.failed.length} failed\n`)
    if (report.excessBytes > 0) {
      io.err(`the disk is still ${report.excessBytes} bytes above its limit: what is left may not go; see --move-to\n`)
    }
    return report.failed.length > 0 || report.excessBytes > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}

function chooseFolder(positionals: readonly string[], { env }: CliIo): string {
  if (positionals.length > 1) throw new CommandError('name one directory, or none')
  const given = positionals[0] ?? env['PLUTUS_ARCHIVE_DIR']
  if (given === undefined || given === '')
    throw new CommandError('name the folder of the archive, or set PLUTUS_ARCHIVE_DIR')
  const folder = resolve(given)
  deviceOf(folder)
  return folder
}

function deviceOf(folder: string): number {
  return guardFiles(folder, () => {
    const stat = statSync(folder)
    if (!stat.isDirectory()) throw new CommandError(`${folder} is no folder`)
    return stat.dev
  })
}

function guardFiles<T>(folder: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    return refuse(folder, error)
  }
}

function refuse(folder: string, error: unknown): never {
  if (error instanceof CommandError || !(error instanceof Error) || !('syscall' in error)) throw error
  throw new CommandError(`${folder} or its log cannot be used (${error.message})`)
}

type Line = readonly string[]

function toRow(step: RetentionStep, state: string, reason = ''): Line {
  const what = step.files.length === 1 ? (step.files[0] ?? '') : `${step.files.length} files of ${step.month}`
  return [state, step.action, step.class, String(step.bytes), reason === '' ? what : `${what}: ${reason}`]
}

function toJson(step: RetentionStep, state: string, reason?: string): Line {
  return [JSON.stringify({ state, ...step, reason })]
}

function writeLines(lines: readonly Line[], isJson: boolean): string {
  if (lines.length === 0) return ''
  if (isJson) return lines.map(([line]) => `${line}\n`).join('')
  return formatTable([['STATE', 'ACTION', 'CLASS', 'BYTES', 'FILES'], ...lines])
}
