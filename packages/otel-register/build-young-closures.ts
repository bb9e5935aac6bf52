import { parseSync, Visitor } from 'oxc-parser'

// V8 takes a function that is written where a property is assigned, as in `object.run = () => ...`, for a method that
// stays, and makes it in the old space. What it closes over then lives until the next full collection, although the
// request that it belongs to is over: half of what a request allocates is copied again and again, the young space grows
// to its bound and the old one fills. OpenTelemetry's contexts are made of such functions. A function that is not the
// whole right side is made like any other object.
// https://github.com/v8/v8/blob/14.6.202/src/parsing/parser.h, CheckAssigningFunctionLiteralToProperty

/** Rewrites a CommonJS file so that the functions that it assigns to properties are made in the young space. */
export function keepClosuresYoung(text: string): string {
  const { program, errors } = parseSync('bundle.cjs', text, { sourceType: 'commonjs' })
  if (errors[0] !== undefined) throw new Error(`The bundle cannot be parsed: ${errors[0].message}`)
  const functions: { readonly start: number; readonly end: number }[] = []
  new Visitor({
    AssignmentExpression: ({ operator, left, right }) => {
      if (operator !== '=' || left.type !== 'MemberExpression') return
      if (right.type === 'ArrowFunctionExpression' || right.type === 'FunctionExpression') functions.push(right)
    },
  }).visit(program)
  const insertions = functions.flatMap(({ start, end }): [number, string][] => [
    [start, '(0,'],
    [end, ')'],
  ])
  let young = ''
  let at = 0
  for (const [index, inserted] of insertions.sort(([a], [b]) => a - b)) {
    young += text.slice(at, index) + inserted
    at = index
  }
  return young + text.slice(at)
}
