import { loadBuiltin } from '../delivery/builtins.ts'

/** A process as its kernel knows it: no other one, now or later, has the same mark. */
export interface ProcessMark {
  readonly pid: number
  /** When it started, in ticks since the machine did. */
  readonly start: string
  /** This run of the machine. */
  readonly boot: string
  /** The namespace in which `pid` counts: containers have their own. */
  readonly namespace: string
}

// `pid (name) state ppid …`: the name may hold anything, so fields are counted from its last bracket.
const STATE_FIELD = 0
const START_FIELD = 19

/** The mark of this process; `undefined` where there is none to be had, as outside of Linux. */
export function readOwnMark(): ProcessMark | undefined {
  try {
    const { readFileSync, readlinkSync } = loadBuiltin('node:fs')
    const own = readStat('self')
    // A namespace whose `/proc` is that of another one tells of other processes.
    if (own?.pid !== process.pid) return undefined
    return {
      pid: process.pid,
      start: own.start,
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      namespace: readlinkSync('/proc/self/ns/pid'),
    }
  } catch {
    return undefined
  }
}

/** Whether a process lives, as far as this one can tell: of one on another machine, or in another container, it cannot. */
export function findProcess(mark: ProcessMark): 'alive' | 'gone' | 'unknown' {
  const own = readOwnMark()
  if (own === undefined || own.boot !== mark.boot || own.namespace !== mark.namespace) return 'unknown'
  try {
    const found = readStat(mark.pid)
    const isOver = found === undefined || found.start !== mark.start || found.state === 'Z' || found.state === 'X'
    return isOver ? 'gone' : 'alive'
  } catch {
    return 'unknown'
  }
}

/** What the kernel tells of a process; `undefined` if there is none. */
function readStat(pid: number | 'self'): { pid: number; state: string; start: string } | undefined {
  let text: string
  try {
    text = loadBuiltin('node:fs').readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined
    throw error
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { pid: Number.parseInt(text, 10), state: fields[STATE_FIELD] ?? '', start: fields[START_FIELD] ?? '' }
}
