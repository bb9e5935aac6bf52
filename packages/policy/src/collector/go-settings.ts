import type { Policy } from '../policy.ts'

// Below the 64 % of the memory from which `memory_limiter` refuses: garbage alone must not come so far.
const MEMORY_SHARE = 0.6
// Little of a collector's memory lives for long, and looking for what does took a sixth of its time.
const GARBAGE_PERCENT = 300

/** Variables for the Go runtime of a collector: how much of its memory it may use before it looks for garbage. */
export function goSettingsOf({ limits }: Policy): { readonly GOMEMLIMIT: string; readonly GOGC: string } {
  return { GOMEMLIMIT: String(Math.floor(limits.memoryBytes * MEMORY_SHARE)), GOGC: String(GARBAGE_PERCENT) }
}
