import type { Format, SplitterRequest } from '../format.ts';
import type { ChunkText } from './chunk-text.ts';
import { JsonFields } from './json-fields.ts';
import { jsonText } from './json-text.ts';
import { type Append, LineGrammar } from './line-grammar.ts';
import { type BrokenBy, notUtf8, RecordSplitter } from './record-splitter.ts';

/** The text of a line is forgotten once it is parsed. */
const blockBytes = 1024;

/**
 * One JSON value a line.
 *
 * - **Emits** what each line says, of an object only the fields that the chain reads where those are few. Lines end with LF or CRLF, the last one also with the file; U+2028 and U+2029 within a
 *   string are text. Blank lines are passed over.
 * - **Fails** a line that is not UTF-8 or not JSON, or is longer than 16 MiB, is a rejection (`invalid`) with its number;
 *   the next line is read. A row with a bigint, a cycle, or nothing that JSON knows throws a `TypeError`, which is a
 *   rejection of the sink's step.
 * - **Memory** the line, at most 16 MiB.
 */
export function jsonLines<T>(): Format<T> {
  return {
    name: 'jsonLines',
    splitter: jsonLinesSplitter,
    encoder: () => ({ head: () => '', row: (row) => `${jsonText('jsonLines', row)}\n` }),
  };
}

export function jsonLinesSplitter<T>(request: SplitterRequest, maxBytes?: number): RecordSplitter<T> {
  const fields = JsonFields.of<T>(request.fields);
  const append: Append<T> = (text, from, to, into, bytes) => {
    const some = fields?.read(bytes, from, to);
    if (some === undefined) return appendJson(text, from, to, into);
    into.push(some);
    return undefined;
  };
  const grammar = new LineGrammar<T>({ blockBytes, skipsBlankLines: true }, append);
  return new RecordSplitter(grammar, request.state, maxBytes);
}

function appendJson<T>(text: ChunkText, from: number, to: number, into: T[]): BrokenBy | undefined {
  const line = text.slice(from, to);
  if (line === undefined) return notUtf8;
  try {
    into.push(JSON.parse(line) as T);
    return undefined;
  } catch (cause) {
    return line.trim() === '' ? undefined : { rule: 'JSON', cause };
  }
}
