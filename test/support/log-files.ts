import { appendFileSync } from 'node:fs';
import { fromFile } from '../../connectors/files/source.ts';
import { text } from '../../core/format/text.ts';
import type { Source } from '../../core/source.ts';

/** The lines of a log that is followed. */
export function follow(path: string): Source<string> {
  return fromFile(path, { format: text(), follow: true });
}

/** As a program writes to its log. */
export function write(path: string, lines: readonly string[]): void {
  appendFileSync(path, lines.map((line) => `${line}\n`).join(''));
}
