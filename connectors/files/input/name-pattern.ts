import { ArgumentError } from '../../../core/errors.ts';

type Token = 'any number' | ((character: string) => boolean);

/** What the names of one folder are held against: `*` for any characters, `?` for one, `[a-z]` and `[!a-z]` for one of some. */
export class NamePattern {
  readonly #tokens: readonly Token[];
  readonly #seesHidden: boolean;

  constructor(where: string, text: string) {
    this.#tokens = tokensOf(where, Array.from(text));
    this.#seesHidden = text.startsWith('.');
  }

  matches(name: string): boolean {
    if (name.startsWith('.') && !this.#seesHidden) return false;
    const tokens = this.#tokens;
    const characters = Array.from(name);
    let at = 0;
    let next = 0;
    // Only the last `*` is ever tried again with one character more: so no pattern takes longer than names times tokens.
    let star = -1;
    let starAt = 0;
    while (at < characters.length) {
      const token = tokens[next];
      if (token === 'any number') {
        star = next++;
        starAt = at;
      } else if (token?.(characters[at] as string) === true) {
        next++;
        at++;
      } else if (star < 0) return false;
      else {
        next = star + 1;
        at = ++starAt;
      }
    }
    return tokens.slice(next).every((token) => token === 'any number');
  }
}

function tokensOf(where: string, characters: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    if (character === '*') tokens.push('any number');
    else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const end = classEnd(characters, at);
      if (end < 0)
        throw new ArgumentError(where, 'path', 'a pattern in which every `[` is closed', characters.join(''));
      tokens.push(oneOfClass(characters.slice(at + 1, end)));
      at = end;
    } else tokens.push((other) => other === character);
  }
  return tokens;
}

/** Where the class that begins at `[` is closed, -1 where it is not: a `]` that comes first is a member. */
export function classEnd(characters: readonly string[], from: number): number {
  const first = from + 1 + Number(isNegation(characters[from + 1]));
  return characters.indexOf(']', first + 1);
}

function oneOfClass(inside: readonly string[]): (character: string) => boolean {
  const negated = isNegation(inside[0]);
  const members = negated ? inside.slice(1) : inside;
  const ranges: (readonly [from: number, to: number])[] = [];
  for (let at = 0; at < members.length; at++) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([codeOf(members[at]), codeOf(members[isRange ? at + 2 : at])]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => codeOf(character) >= from && codeOf(character) <= to) !== negated;
}

function isNegation(character: string | undefined): boolean {
  return character === '!' || character === '^';
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0;
}
