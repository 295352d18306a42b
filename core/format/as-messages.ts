import type { Cuts, Format, Splitter } from '../format.ts';
import { encodeUtf8 } from './utf8.ts';

/** What a message needs of a format whose records lie in files: its splitter, and its encoder. */
export interface FileFormat<T> {
  readonly name: string;
  readonly splitter: () => Splitter<T>;
  readonly encoder: () => { row(row: T): string };
}

/** One record a message, by what cuts and writes the records of a file; its line need not end. */
export function asMessages<T>({
  name,
  splitter,
  encoder,
}: FileFormat<T>): Required<Pick<Format<T>, 'decode' | 'encode'>> {
  const writer = encoder();
  return {
    decode: (bytes) => {
      const cuts: Cuts<T> = { records: [], ends: [], lines: [], nextLines: [], broken: [] };
      const reader = splitter();
      reader.push(bytes, cuts);
      reader.end(cuts);
      const [broken] = cuts.broken;
      if (broken !== undefined) throw new TypeError(`${name}: ${broken.rule}`, { cause: broken.cause });
      if (cuts.records.length === 1) return cuts.records[0]!;
      throw new TypeError(`${name}: a message must be one record, got ${cuts.records.length}`);
    },
    encode: (row) => encodeUtf8(writer.row(row).replace(/\n$/, '')),
  };
}
