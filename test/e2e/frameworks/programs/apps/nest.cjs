'use strict'
const { ask, visit } = require('./visit.cjs')

// What a compiler makes of the decorators in a Nest application.
function decorate(decorators, prototype, name) {
  for (const decorator of decorators) decorator(prototype, name, Object.getOwnPropertyDescriptor(prototype, name))
}

module.exports = async ({ NestFactory }, { Controller, ForbiddenException, Get, Module, Param }) => {
  let port
  class UserController {
    async find(id) {
      const { body } = await ask(port, '/inner')
      return `user ${id} ${body}`
    }
    inner() {
      return 'inner'
    }
    refuse() {
      throw new ForbiddenException('not you')
    }
    async fail() {
      throw new TypeError('boom')
    }
  }
  const { prototype } = UserController
  decorate([Get('users/:id')], prototype, 'find')
  Param('id')(prototype, 'find', 0)
  decorate([Get('inner')], prototype, 'inner')
  decorate([Get('refuse')], prototype, 'refuse')
  decorate([Get('fail')], prototype, 'fail')
  Controller()(UserController)
  // oxlint-disable-next-line typescript/no-extraneous-class -- what Nest calls a module
  class AppModule {}
  Module({ controllers: [UserController] })(AppModule)
  const app = await NestFactory.create(AppModule, { logger: false })
  await app.listen(0, '127.0.0.1')
  port = app.getHttpServer().address().port
  await visit(app.getHttpServer())
}
