import type { Broken, Cuts } from '../../../core/format.ts';
import { emptyCuts } from '../../support/splitting.ts';

export type ModelRow = Record<string, string>;

/**
 * CSV over a whole file at once, with regular expressions: slow and plain. Only the place of what is broken is told, not
 * why. `columns`: their names where the file has no header; of a file with one the header must be in order.
 */
export function csvModel(input: Uint8Array, columns: readonly string[] | undefined, maxBytes: number): Cuts<ModelRow> {
  const cuts = emptyCuts<ModelRow>();
  // A character a byte, so that offsets are bytes.
  const text = Buffer.from(input).toString('latin1');
  let names = columns;
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  let line = 1;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    if (/^\r?\n?$/.test(text.slice(at, lineEnd))) {
      at = lineEnd;
      line++;
      continue;
    }
    const record = recordAt(text, at);
    const tooLong = record !== undefined && record.end - at > maxBytes;
    const end = record === undefined || tooLong ? lineEnd : record.end;
    const nextLine = line + text.slice(at, end).replace(/\n$/, '').split('\n').length;
    const cells = tooLong ? undefined : record?.cells.map(decoded);
    if (cells !== undefined && names === undefined) {
      names = cells.map((cell) => cell ?? '?');
    } else if (cells?.length === names?.length && cells?.every((cell) => cell !== undefined) === true) {
      cuts.records.push(Object.fromEntries(cells.map((cell, column) => [names?.[column] ?? '?', cell])));
      cuts.ends.push(end);
      cuts.lines.push(line);
      cuts.nextLines.push(nextLine);
    } else {
      cuts.broken.push({ before: cuts.records.length, line, nextLine, end, rule: '', value: '' });
    }
    at = end;
    line = nextLine;
  }
  return cuts;
}

export function placesOf(broken: readonly Broken[]): object[] {
  return broken.map(({ before, line, nextLine, end }) => ({ before, line, nextLine, end }));
}

function recordAt(text: string, from: number): { cells: string[]; end: number } | undefined {
  const cells: string[] = [];
  const quoted = /"((?:[^"]|"")*)"(,|\r?\n|\r?$)/y;
  const plain = /([^,\n]*)(,|\n|$)/y;
  let at = from;
  for (;;) {
    const pattern = text[at] === '"' ? quoted : plain;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [all, cell = '', behind] = match;
    const isLast = behind !== ',';
    if (pattern === quoted) cells.push(cell.replaceAll('""', '"'));
    else cells.push(isLast ? cell.replace(/\r$/, '') : cell);
    at += all.length;
    if (isLast) return { cells, end: at };
  }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function decoded(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}
