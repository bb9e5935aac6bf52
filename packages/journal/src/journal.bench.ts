import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

interface Figures {
  /** Microseconds per frame of 300 bytes, half of the calls. */
  readonly appends: Readonly<Record<string, number>>
  /** Frames per second. */
  readonly reads: Readonly<Record<string, number>>
  /** Microseconds per frame, by the number of frames that are forced to the disk at once. */
  readonly groups: Readonly<Record<string, number>>
}

const PROGRAM = fileURLToPath(new URL('journal.bench.program.ts', import.meta.url))

it('appends, reads and forces frames of 300 bytes', () => {
  // In a process of its own: what vitest does to modules would be measured with it.
  const text = execFileSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' })
  const { appends, reads, groups } = JSON.parse(text) as Figures
  const rows = [
    ...Object.entries(appends).map(([name, micros]) => [name, `${micros.toFixed(2)} us`]),
    ...Object.entries(reads).map(([name, rate]) => [`read, ${name}`, `${Math.round(rate / 1000)} k frames/s`]),
    ...Object.entries(groups).map(([size, micros]) => [`append and sync, ${size} at once`, `${micros.toFixed(1)} us`]),
  ]
  process.stdout.write(rows.map(([name = '', figure = '']) => `${name.padEnd(42)}${figure.padStart(16)}\n`).join(''))
  expect(Object.keys(appends)).toHaveLength(4)
})
