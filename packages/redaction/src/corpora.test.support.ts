import { readFileSync } from 'node:fs'

/** Rows of a file of `corpora/`. */
export function readCorpus<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../corpora/${name}.jsonl`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}
