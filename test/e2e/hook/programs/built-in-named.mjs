import { createServer, get } from 'node:http'

export { createServer, get }
