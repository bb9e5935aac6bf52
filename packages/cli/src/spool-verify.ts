import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { decodeSpooled } from '@plutus/sdk'
import type { InspectedSpoolJournal } from '@plutus/sdk'
import { EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { countOf } from './count-of.ts'
import { describeUnreadable } from './describe-unreadable.ts'
import { runGuarded } from './run-guarded.ts'
import { chooseSpool, inspect, nameOf } from './spool-arguments.ts'

/** Runs `plutus spool verify`. */
export async function runSpoolVerify(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('spool verify', io, () => {
    const options = { json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const spool = chooseSpool(positionals, io)
    let [files, frames, problems] = [0, 0, 0]
    const tell = (directory: string, name: string, state: string, what: string): void => {
      problems++
      const file = join(directory, name)
      io.out(values.json ? `${JSON.stringify({ file, state, what })}\n` : `${file}: ${what}\n`)
    }
    for (const { path, owner, journals, problems: unreadable } of inspect(spool)) {
      for (const { kind, reason } of unreadable) tell(path, kind, 'unreadable', reason)
      for (const { kind, inspection } of journals) {
        for (const segment of inspection.segments) {
          files++
          frames += segment.frames
          const what = describeUnreadable(segment, owner)
          if (what !== undefined) tell(join(path, kind), segment.name, segment.state, what)
        }
        for (const [name, count] of countForeign({ kind, inspection })) {
          tell(join(path, kind), name, 'foreign', `${count} frames hold no telemetry`)
        }
      }
    }
    const read = `${countOf(files, 'file')} with ${countOf(frames, 'frame')}`
    io.err(`${read} in ${nameOf(spool.path, spool)}: ${countOf(problems, 'problem')}\n`)
    return problems > 0 ? EXIT_FOUND : EXIT_GOOD
  })
}

/** Frames that are whole and yet no telemetry, by file. */
function countForeign({ inspection }: InspectedSpoolJournal): Map<string, number> {
  const counts = new Map<string, number>()
  for (const frame of inspection.frames()) {
    const { name } = frame.segment
    if (decodeSpooled(frame) === undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
