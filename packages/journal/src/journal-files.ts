import * as fs from 'node:fs'

/** The calls to the file system that a journal makes. Each throws as those of `node:fs` do. */
export type JournalFiles = Pick<
  typeof fs,
  | 'closeSync'
  | 'fdatasync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'unlinkSync'
  | 'writeSync'
>

/** The real ones, as they were when this file was loaded: who wraps `node:fs` later does not see the journal. */
export const NODE_FILES: JournalFiles = {
  closeSync: fs.closeSync,
  fdatasync: fs.fdatasync,
  fdatasyncSync: fs.fdatasyncSync,
  fstatSync: fs.fstatSync,
  fsync: fs.fsync,
  fsyncSync: fs.fsyncSync,
  ftruncateSync: fs.ftruncateSync,
  lstatSync: fs.lstatSync,
  mkdirSync: fs.mkdirSync,
  openSync: fs.openSync,
  readdirSync: fs.readdirSync,
  readSync: fs.readSync,
  renameSync: fs.renameSync,
  rmdirSync: fs.rmdirSync,
  unlinkSync: fs.unlinkSync,
  writeSync: fs.writeSync,
}
