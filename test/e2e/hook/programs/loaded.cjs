// Loads the modules that the arguments name and prints which instrumentations that brought in.
for (const name of process.argv.slice(2)) require(name)
const files = Object.keys(require.cache).map((path) => path.replaceAll('\\', '/'))
const names = files.flatMap((path) => /\/dist\/instrumentations\/(.+)\.js$/.exec(path)?.[1] ?? [])
console.log(JSON.stringify(names.sort()))
