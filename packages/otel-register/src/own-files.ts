import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

// The bundle has a version of its own of this file, made in `build.ts`.

/** Loads a file of the hook that few services need, by its path here without extension. At once, and once. */
export function loadFile(name: string): unknown {
  return require(`./${name}.ts`)
}

/** Where a file of the hook is that runs on a thread of its own, by its path. */
export function findFile(name: string): URL {
  return new URL(`./${name}`, import.meta.url)
}
