import { BUILT_IN } from './built-in.generated.ts'
import { checkPolicy } from './check-policy.ts'
import { completePolicy, findMissing } from './complete-policy.ts'
import type { PositionOf } from './complete-policy.ts'
import { isGroup, mergeMembers, raiseMembers } from './merge.ts'
import type { PolicyMembers } from './merge.ts'
import { createProblem, PolicyError } from './policy-error.ts'
import type { PolicyProblem } from './policy-error.ts'
import type { Policy } from './policy.ts'
import { readPolicyFile } from './read-policy-file.ts'
import type { PolicyFile } from './read-policy-file.ts'

/** A policy file: its text, and the name that problems call it by. */
export interface PolicySource {
  readonly text: string
  readonly file: string
}

/** How `parsePolicy` reads. */
export interface ParsePolicyOptions {
  /** What problems call the file. @defaultValue policy.yaml */
  readonly file?: string
  /** More files on top, the last one having the last word. */
  readonly overlays?: readonly PolicySource[]
}

const NO_PROFILE = 'default'

/**
 * Reads a policy file. What it leaves out, the built-in policy says.
 *
 * @throws {PolicyError} with every problem, if the file or the policy that it leads to breaks a rule of `POLICY_RULES`.
 * @example parsePolicy('version: 1\nclasses: { payment: { searchable: 180d } }').classes.payment.searchableDays // 180
 */
export function parsePolicy(text: string, { file = 'policy.yaml', overlays = [] }: ParsePolicyOptions = {}): Policy {
  return resolvePolicy([{ text, file }, ...overlays], BUILT_IN)
}

/** The policy that holds without a file. */
export function builtInPolicy(): Policy {
  return resolvePolicy([], BUILT_IN)
}

/** Puts files on top of a built-in policy, and checks what comes out. @throws {PolicyError} */
export function resolvePolicy(sources: readonly PolicySource[], builtIn: PolicyMembers): Policy {
  const files = sources.map(({ text, file }) => readPolicyFile(text, file))
  const positionOf = findPosition(files, sources.at(-1)?.file ?? 'the built-in policy')
  refuse(files.flatMap(({ problems }) => problems))
  const onTopOf = (base: PolicyMembers): PolicyMembers =>
    files.reduce((below, { members }) => mergeMembers(below, members), base)
  const { profile, profiles } = onTopOf(builtIn) as { readonly profile: string; readonly profiles: PolicyMembers }
  const minimum = profile === NO_PROFILE ? {} : Object.hasOwn(profiles, profile) ? profiles[profile] : undefined
  if (!isGroup(minimum)) {
    const names = [NO_PROFILE, ...Object.keys(profiles)].join(', ')
    const wrong = `profile must be one of ${names}.`
    throw new PolicyError([createProblem('POLICY_VALUE', 'profile', positionOf('profile'), wrong)])
  }
  const members = onTopOf(raiseMembers(builtIn, minimum))
  refuse(findMissing(members, positionOf))
  const policy = completePolicy(members)
  const isSaid = (path: string): boolean => files.some(({ positions }) => positions.has(path))
  refuse([...findBelowProfile(members, minimum, positionOf), ...checkPolicy(policy, positionOf, isSaid)])
  return policy
}

/** Where a member stands: in the last file that says it, else where the nearest group around it does. */
function findPosition(files: readonly PolicyFile[], name: string): PositionOf {
  return (path) => {
    for (let at = path; ; at = at.replace(/(?:^|\.|\[)[^.[]*$/, '')) {
      const position = files.findLast(({ positions }) => positions.has(at))?.positions.get(at)
      if (position !== undefined) return position
      if (at === '') return { file: name, line: 1, column: 1 }
    }
  }
}

function refuse(problems: readonly PolicyProblem[]): void {
  if (problems.length > 0) throw new PolicyError(problems)
}

function findBelowProfile(
  members: PolicyMembers,
  minimum: PolicyMembers,
  positionOf: PositionOf,
  path = '',
): PolicyProblem[] {
  return Object.entries(minimum).flatMap(([name, least]) => {
    const value = members[name]
    if (isGroup(least)) return findBelowProfile(value as PolicyMembers, least, positionOf, join(path, name))
    if ((value as number) >= (least as number)) return []
    const at = join(path, name.replace(/Days$/, ''))
    const wrong = `${at} is below the ${String(least)}d that the profile asks for.`
    return [createProblem('POLICY_PROFILE', at, positionOf(at), wrong)]
  })
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
