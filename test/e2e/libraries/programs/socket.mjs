import * as server from 'socket.io'
import * as client from 'socket.io-client'
import run from './socket-calls.cjs'

await run(server, client)
