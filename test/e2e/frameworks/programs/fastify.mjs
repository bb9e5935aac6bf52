import fastify from 'fastify'
import run from './apps/fastify.cjs'

await run(fastify)
