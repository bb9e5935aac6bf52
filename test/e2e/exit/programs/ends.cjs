require('./ways.cjs').run(process.argv[2], __filename)
