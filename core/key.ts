import { Pieces } from './pieces.ts';
import type { Piece } from './snapshot.ts';

/**
 * One key of a keyed stream. Steps behind `keyBy` are handed the key itself, not its text, and keep their state in columns
 * under `id`: the key is looked up once per record, however many keyed steps follow.
 */
export class Key {
  /** Small and dense; used again once the key is forgotten. */
  readonly id: number;
  /** The field's value, or the list of values where several fields make the key. */
  readonly value: unknown;
  /** What the table finds it by. */
  readonly identity: unknown;
  /** Grows with each key first seen: rows that fire together leave in this order. */
  readonly order: number;
  /** How many steps have state for it. */
  holders = 0;
  older: Key | undefined = undefined;
  younger: Key | undefined = undefined;

  constructor(id: number, value: unknown, identity: unknown, order: number) {
    this.id = id;
    this.value = value;
    this.identity = identity;
    this.order = order;
  }
}

/** Plain data from which `KeyTable.restore` makes the same table, ids and orders included: some keys, and with the last of them the rest. */
export interface KeyTableState {
  readonly ids: readonly number[];
  readonly values: readonly unknown[];
  readonly identities: readonly unknown[];
  readonly orders: readonly number[];
  /** Ids of the keys that nobody holds, the longest idle first. */
  readonly idle?: readonly number[];
  /** Ids free for use, the next one last. */
  readonly free?: readonly number[];
  readonly nextOrder?: number;
}

/** So many keys without state are remembered, for their place in the order; the longest idle is forgotten first. */
const idleLimit = 10_000;
/** So many more are let come before the table asks to be trimmed. */
const idleSlack = 1_000;

/** The keys of one `keyBy`, found by value. A key that a step holds state for stays; the others are forgotten when there are too many. */
export class KeyTable {
  /** The names that rows carry the key under. */
  readonly fields: readonly string[];
  readonly #byIdentity = new Map<unknown, Key>();
  readonly #byId: (Key | undefined)[] = [];
  readonly #free: number[] = [];
  #nextOrder = 0;
  #oldestIdle: Key | undefined;
  #youngestIdle: Key | undefined;
  #idle = 0;
  /** Told when there are too many keys that nobody holds. */
  whenFull: () => void = () => {};

  constructor(fields: readonly string[]) {
    this.fields = fields;
  }

  /** How many keys it knows. */
  get size(): number {
    return this.#byIdentity.size;
  }

  find(identity: unknown): Key | undefined {
    return this.#byIdentity.get(identity);
  }

  add(value: unknown, identity: unknown): Key {
    const key = new Key(this.#free.pop() ?? this.#byId.length, value, identity, this.#nextOrder++);
    this.#insert(key);
    this.#rest(key);
    return key;
  }

  /** The key with this id; it must be in the table. */
  at(id: number): Key {
    return this.#byId[id] as Key;
  }

  /** A step begins to keep state for the key. */
  hold(key: Key): void {
    if (key.holders++ > 0) return;
    if (key.older === undefined) this.#oldestIdle = key.younger;
    else key.older.younger = key.younger;
    if (key.younger === undefined) this.#youngestIdle = key.older;
    else key.younger.older = key.older;
    key.older = undefined;
    key.younger = undefined;
    this.#idle--;
  }

  /** A step has dropped its state for the key. */
  release(key: Key): void {
    if (--key.holders === 0) this.#rest(key);
  }

  /**
   * Forgets up to `budget` keys that nobody holds, as long as there are too many, and answers what is left of the budget. No
   * record may be on its way, nor come before there are not too many any more.
   */
  trim(budget: number): number {
    let left = budget;
    for (; this.#idle > idleLimit && left > 0; left--) this.#forget(this.#oldestIdle as Key);
    return left;
  }

  /** The table as it is now. Of a key nothing changes but who holds it, so a list of them is all that need be copied. */
  snapshot(): Iterable<KeyTableState & Piece> {
    const keys = this.#byId.slice();
    const idle: number[] = [];
    for (let key = this.#oldestIdle; key !== undefined; key = key.younger) idle.push(key.id);
    const rest = { idle, free: this.#free.slice(), nextOrder: this.#nextOrder };
    return new Pieces(() => piecesOf(keys, rest));
  }

  /** Fills an empty table. Steps that restore their state hold their keys again. */
  restore(pieces: Iterable<KeyTableState>): void {
    for (const { ids, values, identities, orders, idle = [], free = [], nextOrder } of pieces) {
      ids.forEach((id, index) => this.#insert(new Key(id, values[index], identities[index], orders[index] ?? 0)));
      if (nextOrder === undefined) continue;
      const isIdle = new Set(idle);
      // Keys that a step will hold rest in front: holding them takes them out again and leaves the idle ones in their order.
      for (const key of this.#byIdentity.values()) if (!isIdle.has(key.id)) this.#rest(key);
      for (const id of idle) this.#rest(this.at(id));
      for (const id of free) this.#free.push(id);
      this.#nextOrder = nextOrder;
    }
  }

  #insert(key: Key): void {
    this.#byIdentity.set(key.identity, key);
    this.#byId[key.id] = key;
  }

  #rest(key: Key): void {
    key.older = this.#youngestIdle;
    if (this.#youngestIdle === undefined) this.#oldestIdle = key;
    else this.#youngestIdle.younger = key;
    this.#youngestIdle = key;
    if (++this.#idle > idleLimit + idleSlack) this.whenFull();
  }

  #forget(key: Key): void {
    this.hold(key);
    this.#byIdentity.delete(key.identity);
    this.#byId[key.id] = undefined;
    this.#free.push(key.id);
  }
}

function* piecesOf(
  keys: readonly (Key | undefined)[],
  rest: Pick<KeyTableState, 'idle' | 'free' | 'nextOrder'>,
): Generator<KeyTableState & Piece> {
  const last = keys.length;
  yield* Pieces.cut(Math.max(1, last), (from, until) => {
    const some = keys.slice(from, until).filter((key) => key !== undefined);
    return {
      ids: some.map((key) => key.id),
      values: some.map((key) => key.value),
      identities: some.map((key) => key.identity),
      orders: some.map((key) => key.order),
      ...(until >= last ? rest : {}),
    };
  });
}
