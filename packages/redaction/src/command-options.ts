import { isQuote, NOT_A_VALUE, valueAfter } from './pairs.ts'
import type { KeyJudge, MaskPair } from './pairs.ts'

// `--password hunter2`: a quote ends the value where a string or a list may end. Every quantifier is bounded or ends at a
// space, each character can be matched in one way, and a start is two hyphens: linear.
const SPACED =
  /(?<![\w-])--([A-Za-z][\w-]{0,63}) {1,4}(?!-)("[^"\r\n]{0,4096}"?|'[^'\r\n]{0,4096}'?|(?!["'])(?:[^\s"'\\]|["'](?![\],}\s]|$)|\\(?!\\{0,8}["'](?:[\],}\s]|$)))+)/g
// `"--password", "hunter2"`, up to the value, also escaped inside a string. Bounded: linear.
const LISTED = /(\\{0,8}["'`])--?([A-Za-z][\w.-]{0,63})\1\s{0,64},\s{0,64}/g
const COMMA = 0x2c
const HYPHEN = 0x2d

/** Masks the values of sensitive options: behind a space as in a command line, or next in a list that is written as text. */
export function maskOptions(text: string, judge: KeyJudge, mask: MaskPair): string {
  const masked = text.replace(SPACED, (whole: string, key: string, value: string) => {
    const rule = judge.ruleOf(key)
    if (rule === undefined || NOT_A_VALUE.test(value)) return whole
    return `${whole.slice(0, whole.length - value.length)}${mask(value, rule, key)}`
  })
  return maskListed(masked, judge, mask)
}

function maskListed(text: string, judge: KeyJudge, mask: MaskPair): string {
  let result = ''
  let written = 0
  LISTED.lastIndex = 0
  for (let name = LISTED.exec(text); name !== null; name = LISTED.exec(text)) {
    const [whole, nameQuote = '', key = ''] = name
    const rule = judge.ruleOf(key)
    if (rule === undefined) continue
    const [start, end] = valueAfter(text, name.index + whole.length - 1, COMMA, rule)
    const isQuoted = isQuote(text.charCodeAt(start - 1))
    // Another option says that the one before it has no value.
    if (end <= start || (isQuoted && text.charCodeAt(start) === HYPHEN)) continue
    LISTED.lastIndex = end
    const value = text.slice(start, end)
    if (NOT_A_VALUE.test(value)) continue
    const quote = isQuoted ? '' : nameQuote
    result += text.slice(written, start) + quote + mask(value, rule, key) + quote
    written = end
  }
  return written === 0 ? text : result + text.slice(written)
}
