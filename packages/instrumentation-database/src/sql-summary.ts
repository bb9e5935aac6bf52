import { readSqlTokens } from './sql-tokens.ts'
import type { SqlDialect, SqlToken } from './sql-tokens.ts'

/** What a statement does, without any value of it. */
export interface SqlSummary {
  /** Its verb in upper case: `SELECT`, `CREATE TABLE`. */
  readonly operation?: string
  /** The table, if the statement names exactly one. */
  readonly collection?: string
  /** The procedure that it calls. */
  readonly procedure?: string
  /** Verbs and tables in their order, at most 255 characters; only if it names a table or procedure. */
  readonly summary?: string
}

const MAX_SUMMARY_CHARACTERS = 255
const MAX_SCANNED_CHARACTERS = 8192
const NAME = /^[\w$.\u0080-\uFFFF -]{1,128}$/

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))
const STATEMENTS = words(
  'SELECT INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE CREATE ALTER DROP TRUNCATE RENAME COMMENT BEGIN START COMMIT ' +
    'ROLLBACK END ABORT SAVEPOINT RELEASE SET RESET SHOW EXPLAIN ANALYZE ANALYSE VACUUM CLUSTER COPY CALL EXEC EXECUTE DO ' +
    'LISTEN NOTIFY UNLISTEN LOCK UNLOCK GRANT REVOKE FETCH MOVE CLOSE DECLARE PREPARE DEALLOCATE DISCARD REINDEX REFRESH ' +
    'CHECKPOINT IMPORT REASSIGN SECURITY USE DESCRIBE DESC KILL LOAD HANDLER OPTIMIZE CHECK REPAIR FLUSH PURGE XA PRAGMA ' +
    'ATTACH DETACH WITH',
)
/** Verbs that may stand in brackets or after `WITH ... AS (...)`. */
const DATA_VERBS = words('SELECT INSERT UPDATE DELETE MERGE')
const TABLE_VERBS = words(
  'INSERT REPLACE MERGE UPDATE TRUNCATE COPY TABLE CREATE_TABLE ALTER_TABLE DROP_TABLE RENAME_TABLE',
)
const OBJECTS = words(
  'TABLE INDEX VIEW SCHEMA DATABASE SEQUENCE FUNCTION PROCEDURE TRIGGER TYPE EXTENSION ROLE USER DOMAIN POLICY',
)
const OBJECT_VERBS = words('CREATE ALTER DROP RENAME')
/** Between such a verb and its object: `CREATE OR REPLACE TEMP TABLE`. */
const OBJECT_MODIFIERS = words(
  'OR REPLACE GLOBAL LOCAL TEMP TEMPORARY UNLOGGED FOREIGN EXTERNAL UNIQUE FULLTEXT SPATIAL CLUSTERED MATERIALIZED RECURSIVE',
)
/** Between a word that announces a table and the table. */
const FILLERS = words('ONLY LATERAL IGNORE LOW_PRIORITY DELAYED QUICK HIGH_PRIORITY IF NOT EXISTS TABLE INTO')
const LIST_ENDS = words(
  'WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS SET VALUES RETURNING WINDOW FOR ON SELECT',
)
const SET_OPERATORS = words('UNION INTERSECT EXCEPT MINUS')

/** What is open between two brackets. */
interface Frame {
  verb: string | undefined
  /** The next name is a table, a procedure, or a common table expression that is no table. */
  expects: 'table' | 'source' | 'procedure' | 'cte' | undefined
  /** A comma announces another table, or another common table expression. */
  list: 'source' | 'cte' | undefined
  /** A verb such as CREATE, of which the object comes next. */
  pendingVerb: string | undefined
  /** The verb may come next: at the start, and after a set operator. */
  mayStart: boolean
}

const openFrame = (): Frame => ({
  verb: undefined,
  expects: undefined,
  list: undefined,
  pendingVerb: undefined,
  mayStart: true,
})

/**
 * Summarises one SQL statement: its verb, its tables, nothing else.
 *
 * It reads the shape of the text and needs no grammar, so it may miss a table in an unusual statement; as long as
 * quotes mean what they mean by default in that database, it takes no literal for a name. Only the first 8,192
 * characters and the first statement are read.
 *
 * @example summarizeSql('SELECT * FROM users WHERE email = $1', 'standard').summary // 'SELECT users'
 */
export function summarizeSql(text: string, dialect: SqlDialect): SqlSummary {
  const reader = new SummaryReader()
  let pending: SqlToken | undefined
  for (const token of readSqlTokens(text.slice(0, MAX_SCANNED_CHARACTERS), dialect)) {
    if (pending !== undefined && !reader.read(pending, token)) return reader.result()
    pending = token
  }
  if (pending !== undefined) reader.read(pending, undefined)
  return reader.result()
}

/** In brackets only a data verb counts, and a column may have its name. */
function startsSubquery(keyword: string, following: SqlToken | undefined): boolean {
  if (keyword === 'SELECT' || keyword === 'WITH') return true
  return DATA_VERBS.has(keyword) && following?.kind === 'word'
}

class SummaryReader {
  readonly #frames: Frame[] = [openFrame()]
  readonly #expressions = new Set<string>()
  readonly #tables = new Set<string>()
  readonly #parts: string[] = []
  #operation: string | undefined
  #innerOperation: string | undefined
  #procedure: string | undefined
  #previous = ''

  /** Takes the next token; false at the end of the statement. */
  read(token: SqlToken, following: SqlToken | undefined): boolean {
    const frame = this.#frames.at(-1) ?? openFrame()
    switch (token.kind) {
      case '(':
        frame.expects = undefined // a subquery in place of a table
        this.#frames.push(openFrame())
        break
      case ')':
        if (this.#frames.length > 1) this.#frames.pop()
        break
      case ',':
        frame.expects = frame.list
        break
      case ';':
        return this.#operation === undefined
      case 'word':
        this.#readWord(token, following, frame)
    }
    this.#previous = token.keyword === '' ? token.kind : token.keyword
    return true
  }

  result(): SqlSummary {
    const [table] = this.#tables
    const operation = this.#operation ?? this.#innerOperation
    return {
      ...(operation === undefined ? {} : { operation }),
      ...(table === undefined || this.#tables.size > 1 ? {} : { collection: table }),
      ...(this.#procedure === undefined ? {} : { procedure: this.#procedure }),
      ...(table === undefined && this.#procedure === undefined ? {} : { summary: this.#parts.join(' ') }),
    }
  }

  #readWord(token: SqlToken, following: SqlToken | undefined, frame: Frame): void {
    const { keyword } = token
    const { pendingVerb } = frame
    if (pendingVerb !== undefined) {
      if (OBJECT_MODIFIERS.has(keyword)) return
      frame.pendingVerb = undefined
      return this.#startVerb(OBJECTS.has(keyword) ? `${pendingVerb} ${keyword}` : pendingVerb, frame)
    }
    if (this.#readVerb(keyword, following, frame)) return
    if (frame.expects !== undefined && !FILLERS.has(keyword)) {
      if (keyword === 'RECURSIVE' && frame.expects === 'cte') return
      if (keyword !== 'SELECT') return this.#readName(token, following, frame)
    }
    if (LIST_ENDS.has(keyword) && frame.list === 'source') frame.list = undefined
    if (SET_OPERATORS.has(keyword)) {
      frame.verb = undefined
      frame.mayStart = true
      return
    }
    if (keyword === 'SELECT' && frame.verb !== 'SELECT') return this.#startVerb('SELECT', frame)
    this.#readAnnouncement(keyword, frame)
  }

  /** Reads a word that may start a statement; true if it did. */
  #readVerb(keyword: string, following: SqlToken | undefined, frame: Frame): boolean {
    if (frame.verb !== undefined || frame.expects !== undefined) return false
    const isOutermost = this.#frames.length === 1
    const afterWith = frame.list === 'cte' && DATA_VERBS.has(keyword)
    if (!afterWith && !frame.mayStart) return false
    frame.mayStart = false
    if (isOutermost ? !STATEMENTS.has(keyword) : !startsSubquery(keyword, following)) return false
    if (keyword === 'WITH') {
      frame.expects = 'cte'
      frame.list = 'cte'
      return true
    }
    if (frame.list === 'cte') frame.list = undefined
    if (OBJECT_VERBS.has(keyword)) frame.pendingVerb = keyword
    else this.#startVerb(keyword, frame)
    return true
  }

  #startVerb(verb: string, frame: Frame): void {
    frame.verb = verb
    frame.list = undefined
    frame.expects = undefined
    if (TABLE_VERBS.has(verb.replace(' ', '_'))) frame.expects = 'table'
    if (verb === 'CALL' || verb === 'EXEC') frame.expects = 'procedure'
    if (verb === 'EXPLAIN') {
      frame.verb = undefined // what it explains comes next
      frame.mayStart = true
    }
    // The verb of the statement itself, not of an expression in brackets before it.
    if (this.#frames.length === 1) this.#operation ??= verb
    else this.#innerOperation ??= verb
    this.#add(verb)
  }

  /** Reads a word that says that a table comes next. */
  #readAnnouncement(keyword: string, frame: Frame): void {
    const { verb } = frame
    if (verb === undefined) return
    // `IS DISTINCT FROM x` compares; `EXTRACT(day FROM x)` stands in brackets of its own, without a verb.
    if (keyword === 'FROM' && this.#previous !== 'DISTINCT') {
      frame.expects = 'source'
      frame.list = 'source'
    } else if (keyword === 'JOIN' || keyword === 'STRAIGHT_JOIN') {
      frame.expects = 'source'
    } else if (keyword === 'USING' && (verb === 'DELETE' || verb === 'MERGE')) {
      frame.expects = 'source'
    }
  }

  #readName(token: SqlToken, following: SqlToken | undefined, frame: Frame): void {
    const { expects } = frame
    frame.expects = undefined
    const name = token.text
    if (!NAME.test(name)) return
    if (expects === 'cte') {
      this.#expressions.add(name.toLowerCase())
    } else if (expects === 'procedure') {
      this.#procedure = name
      this.#add(name)
    } else if (!(expects === 'source' && following?.kind === '(') && !this.#expressions.has(name.toLowerCase())) {
      this.#tables.add(name)
      this.#add(name)
    }
  }

  #add(part: string): void {
    const length = this.#parts.reduce((sum, other) => sum + other.length + 1, part.length)
    if (length <= MAX_SUMMARY_CHARACTERS && this.#parts.at(-1) !== part) this.#parts.push(part)
  }
}
