import * as grpc from '@grpc/grpc-js'
import * as loader from '@grpc/proto-loader'
import run from './grpc-calls.cjs'

await run(grpc, loader)
