// Waits for connections, and has nothing else to do.
import { createServer } from 'node:net'

createServer().listen(0, '127.0.0.1')
