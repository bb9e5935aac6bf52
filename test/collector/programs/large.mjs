// Records as many records as it is told, of three kilobytes each, all at once.
import { logs } from '@opentelemetry/api'

const text = 'x'.repeat(3000)
const logger = logs.getLogger('large')
for (let id = 0; id < Number(process.argv[2]); id++) logger.emit({ body: 'said', attributes: { id, text } })
