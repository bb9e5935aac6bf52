// What ends patches that are over and lie below others, by the function that each has put in.
const buried = new WeakMap<object, () => void>()

/**
 * Ends a patch of a method: at once, or with that on top of it, since instrumentations are disabled in any order.
 *
 * @param patched What the patch has put in; until it is gone, it does as what was there before.
 * @param restore Puts back what was there before.
 */
export function endPatch(target: object, name: string, patched: object, restore: () => void): void {
  buried.set(patched, restore)
  for (;;) {
    const top: unknown = Object.getOwnPropertyDescriptor(target, name)?.value
    const restoreTop = typeof top === 'function' ? buried.get(top) : undefined
    if (restoreTop === undefined) return
    buried.delete(top as object)
    restoreTop()
  }
}
