import { Router } from '@koa/router'
import Koa from 'koa'
import run from './apps/koa.cjs'

await run(Koa, Router)
