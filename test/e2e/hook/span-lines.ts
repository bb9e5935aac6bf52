import { buildTraces } from '@plutus/test-kit'
import type { ReceivedSpan, SpanNode } from '@plutus/test-kit'

/** Spans as an indented outline, one line each, the same for every run: traces and siblings by name. */
export function outline(spans: readonly ReceivedSpan[]): string[] {
  return buildTraces(spans)
    .map(({ roots }) => roots.flatMap((root) => lines(root, 0)))
    .sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1))
    .flat()
}

function lines({ span, children }: SpanNode, depth: number): string[] {
  const below = children.map((child) => lines(child, depth + 1)).sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1))
  return [`${'  '.repeat(depth)}${span.kind} ${span.name}`, ...below.flat()]
}
