import { flushCompileCache } from 'node:module'
import { applyRetention, builtInPolicy } from '@plutus/policy'
import type { Compression } from '@plutus/policy'

// Keeps the folder of the first argument at the time of the second, compresses as the third says, and dies before so many
// changes as the fourth says.
const [folder = '', now = '', compression = 'gzip', changes = 'Infinity'] = process.argv.slice(2)
let left = Number(changes)
flushCompileCache() // it dies before Node would
process.stdout.write('begun\n')
const { failed } = await applyRetention({
  folder,
  policy: builtInPolicy(),
  now: Number(now),
  compression: compression as Compression,
  readDisk: () => ({ usedBytes: 1, totalBytes: 100 }),
  beforeChange: () => {
    if (left-- <= 0) process.kill(process.pid, 'SIGKILL')
  },
})
if (failed.length > 0) throw new Error(JSON.stringify(failed))
