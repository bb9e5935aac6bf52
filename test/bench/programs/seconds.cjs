// Runs as long as a process does that keeps what it compiled: more than three seconds.
setTimeout(() => {}, 4000)
