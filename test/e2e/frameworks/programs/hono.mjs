import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import run from './apps/hono.cjs'

await run({ Hono }, { serve })
