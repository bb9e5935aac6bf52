import { createReadStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { resolveConfig, suggestName } from '@plutus/config'
import { readRedactionPolicy } from '@plutus/events'
import { REDACTION_RULES } from '@plutus/redaction'
import type { Privacy, RedactionOptions } from '@plutus/redaction'
import { EXIT_FAILED, EXIT_FOUND, EXIT_GOOD } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { countOf } from './count-of.ts'
import { findInLines } from './find-in-lines.ts'

const HELP = `Usage: plutus redact --check [options] FILE…

Finds in logs what the redaction policy would have masked, and tells file, line and rule, never the value.
FILE may be - for standard input. The policy is that of the variables PLUTUS_REDACT_*.

  --check             finds, and changes nothing
  --rules FILE        rules of your own, as in PLUTUS_REDACT_RULES_FILE
  --only RULE,RULE    tells of these rules only: ${REDACTION_RULES.map(({ name }) => name).join(', ')}
  --json              one JSON document per line: {"file","line","rule","count"}
  --help              this text

Exit code: 0 nothing found, 1 something found, 2 the check could not be made.
`

/** Runs `plutus redact`. */
export async function runRedact(args: readonly string[], io: CliIo): Promise<number> {
  const given = readArguments(args)
  if (typeof given === 'string') {
    io.err(`plutus redact: ${given}\n`)
    return EXIT_FAILED
  }
  if (given.help) {
    io.out(HELP)
    return EXIT_GOOD
  }
  const config = resolveConfig(
    given.rules === undefined ? io.env : { ...io.env, PLUTUS_REDACT_RULES_FILE: given.rules },
  )
  for (const { variable, message } of config.warnings) {
    if (variable.startsWith('PLUTUS_REDACT') || variable === 'PLUTUS_HASH_KEY_FILE')
      io.err(`plutus redact: ${message}\n`)
  }
  let areRulesRead = true
  const policy = withoutHashes(
    readRedactionPolicy(config, (line) => {
      // What is found is not written, so no key is needed to hash it.
      if (!line.startsWith('PLUTUS_REDACT_RULES_FILE')) return
      areRulesRead = false
      io.err(
        `plutus redact: ${given.rules === undefined ? line : line.replace('PLUTUS_REDACT_RULES_FILE', '--rules')}\n`,
      )
    }),
  )
  // A check by fewer rules than were asked for would find nothing where something is.
  if (!areRulesRead) return EXIT_FAILED
  const wrongName = findUnknownRule(given.only, policy)
  if (wrongName !== undefined) {
    io.err(`plutus redact: ${wrongName}\n`)
    return EXIT_FAILED
  }
  let total = 0
  let failures = 0
  for (const file of given.files) {
    try {
      const source = file === '-' ? io.stdin : createReadStream(file)
      for await (const { line, rule, count } of findInLines(source, policy)) {
        if (given.only.size > 0 && !given.only.has(rule)) continue
        total += count
        io.out(
          given.json
            ? `${JSON.stringify({ file, line, rule, count })}\n`
            : `${file}:${line}: ${rule}${count > 1 ? ` (${count} times)` : ''}\n`,
        )
      }
    } catch (error) {
      failures++
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
      io.err(`plutus redact: ${file} cannot be read (${code})\n`)
    }
  }
  if (!given.json) io.err(`${total} found in ${countOf(given.files.length, 'file')}\n`)
  if (failures > 0) return EXIT_FAILED
  return total > 0 ? EXIT_FOUND : EXIT_GOOD
}

interface RedactArguments {
  readonly files: readonly string[]
  readonly only: ReadonlySet<string>
  readonly rules: string | undefined
  readonly json: boolean
  readonly help: boolean
}

/** Reads the arguments; answers with what is wrong with them. */
function readArguments(args: readonly string[]): RedactArguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        rules: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const only = values.only.flatMap((list) => list.split(',')).filter((name) => name !== '')
    if (values.help) return { files: [], only: new Set(), rules: undefined, json: false, help: true }
    if (!values.check) return 'say --check; it finds and changes nothing'
    if (positionals.length === 0) return 'name the files to check, or - for standard input'
    return { files: positionals, only: new Set(only), rules: values.rules, json: values.json, help: false }
  } catch (error) {
    return error instanceof Error ? error.message : 'the arguments cannot be read'
  }
}

/** What is wrong with the names of rules that were asked for. */
function findUnknownRule(only: ReadonlySet<string>, { rules = [] }: RedactionOptions): string | undefined {
  const names: readonly string[] = [...REDACTION_RULES, ...rules].map(({ name }) => name)
  const unknown = [...only].find((name) => !names.includes(name))
  if (unknown === undefined) return undefined
  const nearest = suggestName(unknown, names)
  return `--only names a rule that does not exist${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
}

function withoutHashes(policy: RedactionOptions): RedactionOptions {
  const { hashKey: _unused, ...rest } = policy
  return { ...rest, email: asMask(rest.email), ip: asMask(rest.ip), userId: asMask(rest.userId) }
}

function asMask(privacy: Privacy | undefined): Privacy | undefined {
  return privacy === 'hash' ? 'mask' : privacy
}
