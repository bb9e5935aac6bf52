try {
  module.exports = require('./not-there.json')
} catch {
  module.exports = require('./not-there.cjs')
}
