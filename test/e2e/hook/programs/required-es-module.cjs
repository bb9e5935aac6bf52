// CommonJS code that requires an ES module, which imports another.
void require('./es-module-server.mjs').run()
