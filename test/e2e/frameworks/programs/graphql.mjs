import { buildSchema, graphql } from 'graphql'
import run from './apps/graphql.cjs'

await run({ buildSchema, graphql })
