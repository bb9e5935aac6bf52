/** A file that a policy is rendered to. */
export interface RenderedFile {
  /** Name, without a folder. */
  readonly name: string
  readonly text: string
}

/** The line by which a file with comments says what it was made from. */
export function headOf(comment: string, what: string, hash: string): string {
  return `${comment} Plutus: ${what}, policy ${hash}. Rendered; change the policy instead.`
}

/** A JSON file. JSON has no comments: the hash stands in what the format leaves free. */
export function jsonFile(name: string, value: unknown): RenderedFile {
  return { name, text: `${JSON.stringify(value, undefined, 2)}\n` }
}
