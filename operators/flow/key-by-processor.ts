import { type Key, KeyTable } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import { Processor } from '../../core/processor.ts';
import type { Row } from '../../core/row.ts';
import type { Piece } from '../../core/snapshot.ts';

export interface KeyByRecipe {
  readonly fields: readonly string[];
  /** One function a field, in its order; nothing where the fields are the record's own. */
  readonly functions?: readonly ((value: never) => unknown)[];
}

export function makeKeyBy(options: KeyByRecipe): Processor {
  return options.functions === undefined && options.fields.length === 1
    ? new SingleFieldKey(options.fields[0] as string)
    : new CompositeKey(options);
}

const rule = 'a string, number, bigint or boolean';

abstract class KeyBy extends Processor {
  override readonly keys: KeyTable;

  constructor(fields: readonly string[]) {
    super();
    this.keys = new KeyTable(fields);
  }

  override snapshot(): Iterable<Piece> {
    return this.keys.snapshot();
  }

  override restore(pieces: Iterable<Piece>): void {
    this.keys.restore(pieces as Iterable<never>);
  }

  protected pass(value: unknown, timestamp: number, key: Key): void {
    this.counts.passed++;
    this.next.record(value, timestamp, key);
  }

  protected refuse(value: unknown, timestamp: number, field: string, received: unknown): void {
    const kind = 'invalid';
    this.context.reject(this, value, timestamp, {
      kind,
      field,
      rule: isMissing(received) ? 'not missing' : rule,
      received,
    });
  }
}

/** The usual case: one field of the record, found by its own value. */
class SingleFieldKey extends KeyBy {
  readonly #field: string;
  /** Of a record whose key is not known. Handed on by itself, the compiler would make an object of every record's. */
  #timestamp = Number.NaN;

  constructor(field: string) {
    super([field]);
    this.#field = field;
  }

  /** As short as may be: only then is all that stands behind it compiled into one piece with it. */
  override record(value: unknown, timestamp: number): void {
    if (value !== null && value !== undefined) {
      const key = this.keys.find((value as Row)[this.#field]);
      if (key !== undefined) {
        this.counts.passed++;
        this.next.record(value, timestamp, key);
        return;
      }
    }
    this.#timestamp = timestamp;
    this.#unknown(value);
  }

  #unknown(value: unknown): void {
    const timestamp = this.#timestamp;
    const part = (value as Row | null | undefined)?.[this.#field];
    if (isMissing(part) || !canBeKey(part)) this.refuse(value, timestamp, this.#field, part);
    else this.pass(value, timestamp, this.keys.add(part, part));
  }
}

/** Several fields, or fields that functions find: found by a text that no two lists of parts share. */
class CompositeKey extends KeyBy {
  readonly #fields: readonly string[];
  readonly #functions: KeyByRecipe['functions'];

  constructor({ fields, functions }: KeyByRecipe) {
    super(fields);
    this.#fields = fields;
    this.#functions = functions;
  }

  override record(value: unknown, timestamp: number): void {
    const parts: unknown[] = [];
    let identity = '';
    for (let index = 0; index < this.#fields.length; index++) {
      const part = this.#part(index, value, timestamp);
      if (part === failed) return;
      if (isMissing(part) || !canBeKey(part)) {
        this.refuse(value, timestamp, this.#fields[index] as string, part);
        return;
      }
      parts.push(part);
      identity += identityOf(part);
    }
    const key = this.keys.find(identity) ?? this.keys.add(parts.length === 1 ? parts[0] : parts, identity);
    this.pass(value, timestamp, key);
  }

  #part(index: number, value: unknown, timestamp: number): unknown {
    if (this.#functions === undefined) return (value as Row | null | undefined)?.[this.#fields[index] as string];
    try {
      return this.#functions[index]?.(value as never);
    } catch (cause: unknown) {
      const field = this.#fields[index] as string;
      this.context.reject(this, value, timestamp, { kind: 'failed', field, rule: 'no error from the callback', cause });
      return failed;
    }
  }
}

const failed = Symbol('failed');

function canBeKey(part: unknown): part is string | number | bigint | boolean {
  return typeof part === 'string' || typeof part === 'number' || typeof part === 'bigint' || typeof part === 'boolean';
}

/** The length in front keeps `a|b` + `c` apart from `a` + `b|c`. */
function identityOf(part: string | number | bigint | boolean): string {
  const text = String(part);
  return `${(typeof part)[0]}${text.length}:${text}`;
}
