import { statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { inspectQueueFile } from './inspect-queue-file.ts'
import { CommandError } from './read-policy.ts'

const QUIET_MILLIS = 1000
const MAX_LOOKS = 5

/**
 * Tells what is wrong with a queue file that nobody writes to; `undefined` if nothing is.
 *
 * A file that a collector writes to while it is read looks broken at times, and must stay where it is.
 *
 * @throws {CommandError} if somebody writes to it all the time.
 */
export async function findLastingFault(
  path: string,
  wait: () => Promise<unknown> = async () => await setTimeout(QUIET_MILLIS),
): Promise<string | undefined> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const before = lastChangeOf(path)
    if (inspectQueueFile(path) === undefined) return undefined
    await wait()
    const fault = inspectQueueFile(path)
    if (lastChangeOf(path) === before) return fault
  }
  throw new CommandError(`${path} is in use by another collector; end that one, or name another folder by --dir`)
}

function lastChangeOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return [ino, size, mtimeNs].join(' ')
}
