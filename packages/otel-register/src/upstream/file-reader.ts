import { readPemFile } from '@plutus/sdk'

/** Knows the configuration file while settings are made from it, and tells what of it has no effect. */
export class FileReader {
  readonly file: string
  readonly #warn: (line: string) => void

  constructor(file: string, warn: (line: string) => void) {
    this.file = file
    this.#warn = warn
  }

  /** Tells members of an object that nothing here reads. */
  expect(path: string, object: object | null | undefined, known: readonly string[]): void {
    for (const key of Object.keys(object ?? {})) {
      if (!known.includes(key)) this.leaveOut(path === '' ? key : `${path}.${key}`)
    }
  }

  /** Tells a field that has no effect. */
  leaveOut(path: string): void {
    this.#warn(`${path} in ${this.file} (OTEL_CONFIG_FILE) is not supported and has no effect`)
  }

  /** Reads a PEM file that a field names; tells if it cannot. */
  readPem(path: string, name: string | null | undefined): Buffer | undefined {
    if (typeof name !== 'string') return undefined
    const found = readPemFile(name)
    if (typeof found !== 'string') return found
    this.#warn(`${path} in ${this.file} (OTEL_CONFIG_FILE) names ${name}, ${found}; it goes without it`)
    return undefined
  }

  /** Tells a file that TLS refuses. */
  refuse(path: string): void {
    this.#warn(`${path} in ${this.file} (OTEL_CONFIG_FILE) names a file that TLS does not accept; it goes without it`)
  }
}
