import { runCli } from '@plutus/cli'

/** Records on disk, as `plutus spool ls` counts them. */
export async function countOnDisk(directory: string): Promise<Record<'logs' | 'spans', number>> {
  const sum = { logs: 0, spans: 0 }
  let told = ''
  const io = { env: {}, stdin: process.stdin, out: (text: string) => void (told += text), err: () => undefined }
  await runCli(['spool', 'ls', '--json', directory], io)
  for (const line of told.split('\n').slice(0, -1)) {
    const { holds, records } = JSON.parse(line) as { holds: string; records: number }
    sum[holds === 'spans' ? 'spans' : 'logs'] += records
  }
  return sum
}
