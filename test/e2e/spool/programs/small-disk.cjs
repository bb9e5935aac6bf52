// Loaded before the hook: a folder behaves as a disk that is soon full.
const { PretendedDisk } = require('@plutus/test-kit/pretended-disk')

const { SMALL_DISK, SMALL_DISK_BYTES } = process.env
new PretendedDisk(SMALL_DISK, Number(SMALL_DISK_BYTES)).install()
