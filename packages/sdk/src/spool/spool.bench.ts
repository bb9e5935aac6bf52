import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('spool.bench.program.ts', import.meta.url))

it('records what must survive, and delivers what an earlier process left while others record', () => {
  // In a process of its own: what vitest does to modules would be measured with it.
  const output = execFileSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8', stdio: 'pipe' })
  const figures = Object.entries(JSON.parse(output) as Record<string, number>)
  for (const [name, figure] of figures) process.stdout.write(`${name.padEnd(60)}${figure.toFixed(1).padStart(12)}\n`)
  expect(figures.length).toBeGreaterThan(0)
})
