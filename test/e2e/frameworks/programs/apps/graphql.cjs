'use strict'
const { createServer } = require('node:http')
const { ask, listen, visit } = require('./visit.cjs')

const query = (text) => `/?query=${encodeURIComponent(text)}`

module.exports = async ({ buildSchema, graphql }) => {
  const schema = buildSchema('type Query { user(id: Int): String, fail: String, inner: String }')
  const fields = schema.getQueryType().getFields()
  fields.user.resolve = async (_source, { id }, context) => {
    const { body } = await ask(context.port, '/?query={inner}')
    return `user ${id} ${body}`
  }
  fields.inner.resolve = () => 'inner'
  fields.fail.resolve = () => {
    throw new TypeError('boom')
  }
  const server = createServer((req, res) => {
    const source = new URL(req.url, 'http://localhost').searchParams.get('query')
    const answer = (result) => res.end(JSON.stringify(result))
    void graphql({ schema, source, contextValue: { port: req.socket.localPort } }).then(answer)
  })
  await visit(await listen(server), [query('query Profile { user(id: 7) }'), query('{ fail }'), query('{ nowhere }')])
}
