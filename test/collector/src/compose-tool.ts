import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGoProgram, goBuild } from '@plutus/test-kit'

/** How long the first build on a machine may take. */
export const COMPOSE_BUILD_MILLIS = 600_000

const PROGRAM = createGoProgram({
  name: 'compose-spec',
  cache: 'compose-spec/v2.16.2',
  args: goBuild('github.com/compose-spec/compose-go/v2/cmd', '-ldflags=-s -w'),
  // Its version and all that it needs are pinned by the go.sum in this folder.
  cwd: fileURLToPath(new URL('../compose/', import.meta.url)),
  env: { CGO_ENABLED: '0' },
  buildMillis: COMPOSE_BUILD_MILLIS,
})

/** What `docker compose` reads files with: it checks them by the compose specification, and resolves their variables. */
export const composeTool = {
  /** Why it cannot be used; empty if it can: it was built before, or there is Go to build it. */
  get reason(): string {
    return PROGRAM.reason
  },
  ensure: PROGRAM.ensure,
  /** Reads a file of a folder. @throws if it breaks the specification. */
  read: async (file: string, folder: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(PROGRAM.path, ['--format', 'json', file], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      maxBuffer: 2 ** 24,
    })
    return JSON.parse(stdout)
  },
}
