/** Members of a policy file by their names in code, as far as one says them. */
export type PolicyMembers = Readonly<Record<string, unknown>>

/** Puts one file on top of another: groups are joined, lists and values replaced, entries of `null` taken away. */
export function mergeMembers(below: PolicyMembers, above: PolicyMembers): PolicyMembers {
  const merged: Record<string, unknown> = { ...below }
  for (const [name, value] of Object.entries(above)) {
    const under = Object.hasOwn(below, name) ? below[name] : undefined
    if (value === null) delete merged[name]
    else merged[name] = isGroup(value) ? mergeMembers(isGroup(under) ? under : {}, value) : value
  }
  return merged
}

/** Raises numbers to those of a profile; what it does not name stays. */
export function raiseMembers(members: PolicyMembers, minimum: PolicyMembers): PolicyMembers {
  const raised: Record<string, unknown> = { ...members }
  for (const [name, least] of Object.entries(minimum)) {
    const value = Object.hasOwn(members, name) ? members[name] : undefined
    if (isGroup(least)) raised[name] = raiseMembers(isGroup(value) ? value : {}, least)
    else raised[name] = Math.max(least as number, (value as number | undefined) ?? 0)
  }
  return raised
}

/** Whether a value is a group of members. */
export function isGroup(value: unknown): value is PolicyMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
