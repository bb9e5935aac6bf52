// Node's TAP: `not ok 3 - name` at any depth, and sums at the end.
const FAILURE = /^ *not ok \d+ - (.*)$/gm
const TOTAL = /^# tests (\d+)$/m

/** Names of tests that failed, each with how often; `''` holds the number of tests that ran. */
export function readFailures(tap: string): ReadonlyMap<string, number> {
  const failures = new Map([['', Number(TOTAL.exec(tap)?.[1] ?? 0)]])
  for (const [, name = ''] of tap.matchAll(FAILURE)) {
    // A file that fails is named by its path, which says nothing of its own.
    if (!/\.test\.js( |$)/.test(name)) failures.set(name, (failures.get(name) ?? 0) + 1)
  }
  return failures
}

/** What fails only in the second run, and the whole in a line. */
export function compareRuns(
  without: ReadonlyMap<string, number>,
  underHook: ReadonlyMap<string, number>,
  requests: number,
): { readonly broken: readonly string[]; readonly verdict: string } {
  const names = [...underHook.keys()].filter((name) => name !== '')
  const broken = names.filter((name) => (underHook.get(name) ?? 0) > (without.get(name) ?? 0))
  if ((underHook.get('') ?? 0) < (without.get('') ?? 0)) broken.push('(fewer tests ran)')
  if (requests === 0) broken.push('(nothing was exported)')
  return { broken, verdict: `without: ${describe(without)}; under the hook: ${describe(underHook)}` }
}

function describe(run: ReadonlyMap<string, number>): string {
  return `${run.get('')} tests, ${run.size - 1} names failed`
}
