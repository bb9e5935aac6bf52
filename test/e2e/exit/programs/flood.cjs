// Emits what would be many times the memory bound, and prints how much memory it took on the way, in MiB.
const { logs } = require('@opentelemetry/api')

const logger = logs.getLogger('flood')
const body = 'x'.repeat(1000)
let turns = 0
let most = 0
const start = process.memoryUsage().rss
const emit = () => {
  for (let i = 0; i < 1000; i++) logger.emit({ body })
  most = Math.max(most, process.memoryUsage().rss - start)
  if (++turns < 200) setTimeout(emit, 5)
  else console.log(Math.round(most / 1024 / 1024))
}
emit()
