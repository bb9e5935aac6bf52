/** A type as JSON has it: the values of an enum in place of its members, which only exist where its package is loaded. */
export type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T
