import type { Key } from '../../core/key.ts';
import { isMissing } from '../../core/missing.ts';
import { Processor } from '../../core/processor.ts';
import type { Fault } from '../../core/rejection.ts';
import { type Row, RowExtender } from '../../core/row.ts';
import { booleanParser } from './boolean.ts';
import type { CastTypes } from './cast-types.ts';
import type { FieldParser } from './field-parser.ts';
import { integerParser } from './integer.ts';
import { type IsListed, listed } from './missing-texts.ts';
import { numberParser } from './number.ts';
import { stringParser } from './string.ts';
import { type TimestampFormat, timestampParser } from './timestamp.ts';

export interface CastRecipe {
  /** In the order of the spec. */
  readonly fields: readonly CastField[];
}

export interface CastField {
  readonly name: string;
  readonly type: keyof CastTypes;
  /** Whether a missing value becomes `null`. */
  readonly optional: boolean;
  readonly missing: readonly string[];
  readonly true?: readonly string[];
  readonly false?: readonly string[];
  readonly format?: TimestampFormat;
  readonly zone?: string;
}

export function makeCast({ fields }: CastRecipe): Processor {
  return new CastProcessor(fields.map(fieldCast));
}

/** A field at work. */
interface FieldCast {
  readonly name: string;
  readonly parse: (value: unknown) => unknown;
  readonly parser: FieldParser;
  readonly isListed: IsListed | undefined;
  /** Blank text is missing, but in a field that becomes text. */
  readonly trims: boolean;
  readonly optional: boolean;
}

class CastProcessor extends Processor {
  readonly #fields: readonly FieldCast[];
  readonly #rows: RowExtender;
  readonly #given: unknown[];

  constructor(fields: readonly FieldCast[]) {
    super();
    this.#fields = fields;
    this.#rows = new RowExtender(fields.map(({ name }) => name));
    this.#given = fields.map(() => null);
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.context.reject(this, value, timestamp, { kind: 'invalid', rule: 'an object', received: value });
      return;
    }
    const row = value as Row;
    const fields = this.#fields;
    const given = this.#given;
    let faults: Fault[] | undefined;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as FieldCast;
      const received = row[field.name];
      const cast = field.isListed === undefined || !field.isListed(received) ? field.parse(received) : undefined;
      if (cast !== undefined) given[index] = cast;
      else {
        const fault = otherwise(field, received);
        if (fault === undefined) given[index] = null;
        else (faults ??= []).push(fault);
      }
    }
    if (faults !== undefined) {
      const [first, ...others] = faults as [Fault, ...Fault[]];
      const further = others.length === 0 ? {} : { others };
      this.context.reject(this, value, timestamp, { kind: 'invalid', ...first, ...further });
      return;
    }
    this.counts.passed++;
    this.next.record(this.#rows.extend(row, given), timestamp, key);
  }
}

/** What is wrong with a value that could not be cast: nothing, where it is missing and may be. */
function otherwise(field: FieldCast, received: unknown): Fault | undefined {
  const { name, parser, isListed, trims, optional } = field;
  const blank = typeof received === 'string' && (trims ? received.trim() : received) === '';
  const missing = blank || isMissing(received) || isListed?.(received) === true;
  if (missing && optional) return undefined;
  return { field: name, rule: missing ? 'not missing' : parser.rule(received), received };
}

function fieldCast(field: CastField): FieldCast {
  const { name, type, optional, missing } = field;
  const parser = parserOf(field);
  const trims = type !== 'string';
  const byValue = type === 'number' || type === 'integer' ? parser : undefined;
  const isListed = missing.length === 0 ? undefined : listed(missing, trims, byValue);
  return { name, parse: parser.parse, parser, isListed, trims, optional };
}

function parserOf(field: CastField): FieldParser {
  switch (field.type) {
    case 'number':
      return numberParser;
    case 'integer':
      return integerParser;
    case 'string':
      return stringParser;
    case 'boolean':
      return booleanParser(field.true, field.false);
    case 'timestamp':
      return timestampParser(field.format ?? 'iso', field.zone);
  }
}
