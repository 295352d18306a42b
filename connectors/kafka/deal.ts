/** A member of a group, and the numbers that it has. */
export interface Holder {
  readonly id: string;
  readonly has: readonly number[];
}

/**
 * Deals `count` numbers out to the members: none gets two more than another, and everybody keeps what it has as far as that
 * goes. Where two say that they have the same number, the first by name has it.
 */
export function deal(members: readonly Holder[], count: number): ReadonlyMap<string, readonly number[]> {
  const inOrder = members.toSorted((a, b) => b.has.length - a.has.length || (a.id < b.id ? -1 : 1));
  const dealt = new Map<string, number[]>(inOrder.map(({ id }) => [id, []]));
  if (members.length === 0) return dealt;
  const [few, more] = [Math.floor(count / members.length), count % members.length];
  const free = new Set(Array.from({ length: count }, (_, number) => number));
  const mayHave = new Map(inOrder.map(({ id }, place) => [id, place < more ? few + 1 : few]));
  for (const { id, has } of inOrder) {
    for (const number of has) {
      if (dealt.get(id)!.length < mayHave.get(id)! && free.delete(number)) dealt.get(id)!.push(number);
    }
  }
  const rest = [...free];
  for (const { id } of inOrder) dealt.get(id)!.push(...rest.splice(0, mayHave.get(id)! - dealt.get(id)!.length));
  return dealt;
}
