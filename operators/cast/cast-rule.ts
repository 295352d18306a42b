import { ArgumentError } from '../../core/errors.ts';
import { oneOf } from '../../core/guards.ts';
import { zoneName } from '../../core/zone.ts';
import type { CastField } from './cast-processor.ts';
import type { CastName } from './cast-types.ts';

const types = ['number', 'integer', 'string', 'boolean', 'timestamp'] as const;
const formats = ['iso', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'] as const;
const names: readonly CastName[] = [...types, ...types.map((type) => `${type}?` as const)];

/** The options that a type has beside `type` and `missing`. */
const own: Readonly<Record<(typeof types)[number], readonly string[]>> = {
  number: [],
  integer: [],
  string: [],
  boolean: ['true', 'false'],
  timestamp: ['format', 'zone'],
};

/** What is to become of one field, checked. Errors name the field: `at.zone`. */
export function checkedField(where: string, name: string, given: unknown): CastField {
  const rule = typeof given === 'string' ? { type: given } : given;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    throw new ArgumentError(where, name, `${list(names)} or an object with \`type\``, given);
  }
  const options = rule as Readonly<Record<string, unknown>>;
  const written = oneOf(where, typeof given === 'string' ? name : `${name}.type`, options['type'], names);
  const type = types.find((each) => written.startsWith(each)) ?? 'string';
  const known = ['type', 'missing', ...own[type]];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw new ArgumentError(where, `${name}.${unknown}`, `one of the options of \`${type}\`: ${list(known)}`, unknown);
  }
  return {
    name,
    type,
    optional: written.endsWith('?'),
    missing: missingTexts(where, `${name}.missing`, options['missing']),
    ...booleanOptions(where, name, options),
    ...timestampOptions(where, name, options),
  };
}

function missingTexts(where: string, option: string, given: unknown): readonly string[] {
  if (given === undefined) return [];
  const kinds = ['string', 'number', 'bigint', 'boolean'];
  if (!Array.isArray(given)) throw new ArgumentError(where, option, 'a list of what means missing', given);
  const listed = given.filter((each) => each !== null && each !== undefined);
  const other = listed.find((each) => !kinds.includes(typeof each));
  if (other !== undefined) throw new ArgumentError(where, option, 'a list of texts, numbers or booleans', other);
  return listed.map(String);
}

function booleanOptions(where: string, name: string, options: Readonly<Record<string, unknown>>): Partial<CastField> {
  const yes = texts(where, `${name}.true`, options['true']);
  const no = texts(where, `${name}.false`, options['false']);
  const both = (yes ?? ['true']).find((text) => (no ?? ['false']).includes(text));
  if (both !== undefined) throw new ArgumentError(where, `${name}.true`, 'other texts than those of `false`', both);
  return { ...(yes === undefined ? {} : { true: yes }), ...(no === undefined ? {} : { false: no }) };
}

function texts(where: string, option: string, given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length === 0 || given.some((each) => typeof each !== 'string' || each === '')) {
    throw new ArgumentError(where, option, 'a list of at least one text', given);
  }
  return given.map((each: string) => each.trim());
}

function timestampOptions(where: string, name: string, options: Readonly<Record<string, unknown>>): Partial<CastField> {
  const { format: givenFormat, zone: givenZone } = options;
  const format = givenFormat === undefined ? undefined : oneOf(where, `${name}.format`, givenFormat, formats);
  if (givenZone === undefined) return format === undefined ? {} : { format };
  const zone = zoneName(where, `${name}.zone`, givenZone);
  if (format !== undefined && format !== 'iso') {
    throw new ArgumentError(where, `${name}.zone`, `left out with \`${format}\``, zone, 'an epoch has no zone');
  }
  return { ...(format === undefined ? {} : { format }), zone };
}

function list(all: readonly string[]): string {
  return all.map((each) => `\`${each}\``).join(', ');
}
