import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { environmentOf } from './environment.ts'
import type { TestNode } from './nodes.ts'
import type { Receiver } from './receiver.ts'

/** Options of {@link runProgram} and {@link startProgram}. */
export interface ProgramOptions {
  /** The program: an absolute path. */
  readonly file: string
  readonly args?: readonly string[]
  /** Runs on this Node. @defaultValue the one that runs the tests */
  readonly node?: TestNode
  /** How the built hook is loaded, found from `cwd` by its package name. @defaultValue 'require' */
  readonly hook?: 'require' | 'import' | 'none'
  /** Options of Node itself, before the hook. */
  readonly nodeOptions?: readonly string[]
  /** Added to the minimal environment; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** @defaultValue the program's folder */
  readonly cwd?: string
  /** Points the hook at this receiver and makes it send soon. */
  readonly receiver?: Pick<Receiver, 'httpUrl' | 'grpcUrl' | 'certificates'>
  /** Longest life in milliseconds; then the program and its children are killed. @defaultValue 60,000; 0: none */
  readonly timeoutMillis?: number
}

/** How a program ended. */
export interface ProgramResult {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMillis: number
}

/** A running program. */
export interface Program {
  readonly pid: number
  /** What it has written so far. */
  readonly stdout: string
  readonly stderr: string
  /** The first line on standard output that `ready` accepts; rejects if the program ends before. */
  readonly ready: Promise<string>
  /** Resolves when it has ended and its output is read; rejects if it had to be killed after `timeoutMillis`. */
  readonly exited: Promise<ProgramResult>
  /** Sends a signal to the program alone. @defaultValue 'SIGTERM' */
  kill(signal?: NodeJS.Signals): void
  /** Kills the program and the processes that it started, and waits until it is gone. Never rejects. */
  stop(): Promise<void>
  /** Writes to its standard input. */
  write(text: string): void
  /** Ends its standard input. */
  endInput(): void
}

const HOOK = '@plutus/otel-register'
const MAX_OUTPUT_CHARACTERS = 64 * 1024 * 1024
const running = new Set<ChildProcess>()
let isGuarding = false

/**
 * Runs a program to its end.
 *
 * @throws {Error} if it is not over after `timeoutMillis`; the message holds what it wrote.
 */
export async function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  const program = startProgram(options)
  program.endInput()
  return await program.exited
}

/** Starts a program that goes on by itself; `ready` is what its first telling line looks like, by default any line. */
export function startProgram(options: ProgramOptions & { readonly ready?: string | RegExp }): Program {
  const { file, args = [], node, cwd = dirname(file), timeoutMillis = 60_000, ready = '' } = options
  const start = performance.now()
  const child = spawn(node?.path ?? process.execPath, [...nodeArguments(options), file, ...args], {
    cwd,
    env: environmentOf(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32', // a group of its own, so that its children can be killed with it
  })
  guard(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (output[name].length < MAX_OUTPUT_CHARACTERS) output[name] += text
    })
  }
  child.stdin.on('error', () => undefined) // it may end without reading

  let isLate = false
  const endLate = (): void => {
    isLate = true
    killGroup(child)
  }
  const timer = timeoutMillis > 0 ? setTimeout(endLate, timeoutMillis) : undefined
  const exited = (async (): Promise<ProgramResult> => {
    const [code, signal] = (await once(child, 'close').finally(() => {
      clearTimeout(timer)
      running.delete(child)
    })) as [number | null, NodeJS.Signals | null]
    if (isLate) throw new Error(`${file} was not over after ${timeoutMillis} ms\n${tail(output)}`)
    return { code, signal, ...output, durationMillis: performance.now() - start }
  })()
  const readyLine = lineFrom(child, output, ready, file)
  for (const promise of [exited, readyLine]) promise.catch(() => undefined) // whoever awaits it hears of it
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    ready: readyLine,
    exited,
    kill: (signal = 'SIGTERM') => {
      child.kill(signal)
    },
    stop: async () => {
      killGroup(child)
      await exited.catch(() => undefined)
    },
    write: (text) => {
      child.stdin.write(text)
    },
    endInput: () => {
      child.stdin.end()
    },
  }
}

function nodeArguments({ hook = 'require', nodeOptions = [] }: ProgramOptions): readonly string[] {
  return hook === 'none' ? nodeOptions : [...nodeOptions, `--${hook}`, HOOK]
}

/** Kills with the test process what it started: a test that fails or is stopped leaves nothing behind. */
function guard(child: ChildProcess): void {
  running.add(child)
  if (isGuarding) return
  isGuarding = true
  process.on('exit', () => {
    for (const program of running) killGroup(program)
  })
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') execFileSync('taskkill', ['/pid', String(child.pid), '/t', '/f'])
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL') // the group is gone already
  }
}

async function lineFrom(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string },
  ready: string | RegExp,
  file: string,
): Promise<string> {
  const matches = (line: string): boolean => (typeof ready === 'string' ? line.includes(ready) : ready.test(line))
  return await new Promise((resolve, reject) => {
    const look = (): void => {
      const line = output.stdout.split(/\r?\n/).slice(0, -1).find(matches)
      if (line !== undefined) resolve(line)
    }
    child.stdout?.on('data', look)
    child.once('error', reject)
    child.once('close', () => reject(new Error(`${file} ended before it was ready\n${tail(output)}`)))
  })
}

function tail({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return `stdout: ${stdout.slice(-2000)}\nstderr: ${stderr.slice(-4000)}`
}
