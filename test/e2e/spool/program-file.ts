import { fileURLToPath } from 'node:url'

/** Path of a program of this story. */
export function programFile(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url))
}
