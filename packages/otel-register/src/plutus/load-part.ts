import { createRequire } from 'node:module'
import type * as Export from './parts/export.ts'
import type * as Threads from './parts/threads.ts'
import type * as Upstream from './parts/upstream.ts'

interface Parts {
  readonly export: typeof Export
  readonly threads: typeof Threads
  readonly upstream: typeof Upstream
}

const requirePart = createRequire(import.meta.url)
const isBuilt = !import.meta.url.endsWith('.ts')
const EXTENSION = isBuilt ? '.js' : '.ts'
// Beside this file in the sources, below the folder of the bundle when built.
const FOLDER = isBuilt ? './plutus/parts/' : './parts/'

/** Loads a part that the first line of an application can do without. At once: the end of a process waits for nothing. */
export function loadPart<Name extends keyof Parts>(name: Name): Parts[Name] {
  return requirePart(`${FOLDER}${name}${EXTENSION}`) as Parts[Name]
}

/** Where the code of the export thread is. */
export function findExportWorker(): URL {
  return new URL(`${FOLDER}export-worker${EXTENSION}`, import.meta.url)
}
