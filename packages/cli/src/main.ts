#!/usr/bin/env node
import { runCli } from './run-cli.ts'

const { stdin, stdout, stderr, env, argv } = process
// A reader that goes away, such as `head`, is no failure.
stdout.on('error', () => {})
process.exitCode = await runCli(argv.slice(2), {
  env,
  stdin,
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
  isTerminal: stderr.isTTY,
})
