/** What can stand in a {@link ShortList}, in one at a time. */
export interface Placed {
  /** Where it stands; the list's own business. */
  place?: number
}

/**
 * Holds what is open for a short time, in no order.
 *
 * A `Set` that lives long while its members come and go is made anew each time it is full of the gone, and each of its
 * former tables refers to the next one. Once an old one has outlived the young generation, all that follow do, with what
 * they hold: requests with all that belongs to them, dead for long, until old objects are collected too.
 */
export class ShortList<T extends Placed> {
  readonly #members: T[] = []

  /** How many there are. */
  get size(): number {
    return this.#members.length
  }

  /** Takes in what is in no list. */
  add(member: T): void {
    member.place = this.#members.length
    this.#members.push(member)
  }

  /** Takes out what is in the list; nothing happens where it is not. */
  delete(member: T): void {
    const { place } = member
    if (place === undefined || this.#members[place] !== member) return
    const last = this.#members.pop() as T
    if (last === member) return
    last.place = place
    this.#members[place] = last
  }

  /** The members of this moment. */
  copy(): readonly T[] {
    return [...this.#members]
  }
}
