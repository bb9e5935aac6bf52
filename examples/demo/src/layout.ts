import { stripVTControlCharacters, styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'

/** Colours a text, or leaves it as it is. */
type Paint = (style: Style | readonly Style[], text: string) => string

/** How wide and how colourful to print. */
export interface Page {
  /** Columns. */
  readonly width: number
  readonly paint: Paint
}

const MIN_WIDTH = 80
const MAX_WIDTH = 120
const PIPED_WIDTH = 110
const ELLIPSIS = '…'

/** Fits the page to where it is printed: colours only on a terminal that has them, and never with `NO_COLOR`. */
export function createPage(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Page {
  const isColoured = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const columns = stream.isTTY === true ? (stream.columns ?? PIPED_WIDTH) : PIPED_WIDTH
  return {
    width: Math.min(Math.max(columns, MIN_WIDTH), MAX_WIDTH),
    paint: isColoured ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text,
  }
}

/**
 * Makes a text from outside safe to print on one line: white space shrinks to one blank, and control characters
 * become visible, so that an attack string in an attribute cannot drive the terminal.
 */
export function toLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/\p{Cc}|\p{Cf}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** Columns that a text takes, colours apart. */
export function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}

/** Cuts an uncoloured text to at most `width` columns, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  const characters = Array.from(text)
  if (characters.length <= width) return text
  return width < 1 ? '' : characters.slice(0, width - 1).join('') + ELLIPSIS
}

/** Fills a text up to `width` columns; a coloured one counts by what is seen. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return side === 'left' ? blanks + text : text + blanks
}

/** Breaks words into lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && widthOf(line) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

/** A duration for people: three digits and a unit. */
export function showMillis(millis: number): string {
  if (millis >= 999.5) return `${toThreeDigits(millis / 1000)} s`
  return `${toThreeDigits(millis)} ms`
}

function toThreeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2)
  return value.toFixed(value < 99.95 ? 1 : 0)
}
