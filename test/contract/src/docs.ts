import { describeRange, formatValue, OPTIONS } from '@plutus/config'
import type { OptionSpec } from '@plutus/config'
import { ERROR_CODES } from '@plutus/conventions'
import type { ErrorCodeEntry } from '@plutus/conventions'
import { REDACTION_RULES } from '@plutus/redaction'
import { listEntryPoints, listPublicNames, listRooms } from './public-names.ts'

/** A part of a document that is made from code: what stands between its two markers. */
export interface GeneratedPart {
  /** File, relative to the repository. */
  readonly path: string
  /** Name in the markers `<!-- name:start -->` and `<!-- name:end -->`. */
  readonly name: string
  render(): string
}

/** Every part of a document that is made from code. */
export const GENERATED_PARTS: readonly GeneratedPart[] = [
  { path: 'packages/config/README.md', name: 'variables', render: renderVariables },
  { path: 'packages/conventions/README.md', name: 'error-codes', render: renderErrorCodes },
  { path: 'packages/redaction/README.md', name: 'rules', render: renderRules },
  { path: 'test/contract/public-names.md', name: 'public-names', render: renderPublicNames },
]

/** Puts a part between its markers. @throws if the text lacks them. */
export function insertPart(text: string, { path, name, render }: GeneratedPart): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`${path} lacks the markers ${start} and ${end}`)
  return `${text.slice(0, from + start.length)}\n\n${render()}\n${text.slice(to)}`
}

/** A text without the padding of its tables, which a formatter may set as it likes. */
export function withoutPadding(text: string): string {
  return text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ')
}

function renderVariables(): string {
  const groups: readonly (readonly [title: string, specs: readonly OptionSpec[]])[] = [
    ['Of Plutus', OPTIONS.filter(({ source }) => source === 'plutus' || source === 'common')],
    ['Of OpenTelemetry', OPTIONS.filter(({ source }) => source !== 'plutus' && source !== 'common')],
  ]
  return groups.map(([title, specs]) => `### ${title}\n\n${renderOptions(specs)}`).join('\n')
}

function renderOptions(specs: readonly OptionSpec[]): string {
  const rows = specs.map((spec) => [
    code(spec.variable),
    spec.type,
    describeRange(spec),
    code(formatValue(spec, spec.default)) || (spec.fallback === undefined ? 'none' : `that of ${code(spec.fallback)}`),
    spec.unit ?? '',
    `${spec.description}${spec.inert === true ? ' No effect in this version.' : ''}`,
    spec.source,
  ])
  return renderTable([['Variable', 'Type', 'Must be', 'Default', 'Unit', 'What it does', 'Source'], ...rows])
}

function renderRules(): string {
  const rows = REDACTION_RULES.map(({ name, profiles, finds, writes, price }) => [
    code(name),
    profiles.length === 0 ? 'on request' : profiles.join(', '),
    finds,
    writes,
    price,
  ])
  return renderTable([['Rule', 'Profiles', 'Finds', 'Writes', 'Price of a wrong guess'], ...rows])
}

function renderErrorCodes(): string {
  const rows = Object.entries<ErrorCodeEntry>(ERROR_CODES).map(([name, { meaning, wayOut }]) => [
    code(name),
    meaning,
    wayOut,
  ])
  return renderTable([['Code', 'Meaning', 'Way out'], ...rows])
}

function renderPublicNames(): string {
  return listRooms()
    .flatMap(listEntryPoints)
    .map((entry) => ({ specifier: entry.specifier, names: listPublicNames(entry) }))
    .filter(({ names }) => names.length > 0)
    .map(({ specifier, names }) => `## ${specifier}\n\n${names.map((name) => `- ${code(name)}\n`).join('')}`)
    .join('\n')
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1), ''].join('\n')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
