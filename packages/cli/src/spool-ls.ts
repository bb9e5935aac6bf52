import { parseArgs } from 'node:util'
import { formatTable } from '@plutus/policy'
import type { InspectedPart } from '@plutus/sdk'
import { EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { countOf } from './count-of.ts'
import { countPart } from './count-spool.ts'
import { runGuarded } from './run-guarded.ts'
import { chooseSpool, inspect, nameOf } from './spool-arguments.ts'

const OWNERS: Readonly<Record<InspectedPart['owner'], string>> = { alive: 'lives', gone: 'gone', unknown: 'unknown' }
const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const
const AGES = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** Runs `plutus spool ls`. */
export async function runSpoolLs(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('spool ls', io, () => {
    const options = { json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
    const spool = chooseSpool(positionals, io)
    const parts = inspect(spool)
    const rows: string[][] = []
    for (const part of parts) {
      const counts = countPart(part)
      if (values.json) {
        for (const { oldest, ...count } of counts) {
          const since = oldest === 0 ? undefined : new Date(oldest).toISOString()
          io.out(`${JSON.stringify({ directory: part.path, owner: part.owner, ...count, oldest: since })}\n`)
        }
      }
      for (const { holds, state, records, bytes, oldest } of counts) {
        const age = oldest === 0 ? '' : formatAge(Date.now() - oldest)
        rows.push([nameOf(part.path, spool), OWNERS[part.owner], state, holds, String(records), formatSize(bytes), age])
      }
      for (const { kind, reason } of part.problems) io.err(`${nameOf(part.path, spool)}/${kind}: ${reason}\n`)
    }
    if (!values.json && rows.length > 0) {
      io.out(formatTable([['PROCESS', 'OWNER', 'STATE', 'HOLDS', 'RECORDS', 'SIZE', 'OLDEST'], ...rows]))
    }
    const count = rows.reduce((sum, row) => sum + Number(row[4]), 0)
    io.err(`${countOf(count, 'record')} of ${countOf(parts.length, 'process', 'processes')} in ${spool.path}\n`)
    return EXIT_GOOD
  })
}

function formatSize(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit]}`
}

/** An age in its two largest units. A clock that was set back makes it 0. */
function formatAge(millis: number): string {
  let rest = Math.max(0, Math.floor(millis / 1000))
  const shown: string[] = []
  for (const [unit, seconds] of AGES) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 || (unit === 's' && shown.length === 0)) shown.push(`${count} ${unit}`)
  }
  return shown.slice(0, 2).join(' ')
}
