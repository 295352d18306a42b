import type { Format, SplitterRequest } from '../format.ts';
import { show } from '../show.ts';
import type { ChunkText } from './chunk-text.ts';
import { LineGrammar } from './line-grammar.ts';
import { type BrokenBy, keptBlockBytes, notUtf8, RecordSplitter } from './record-splitter.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/**
 * Lines of UTF-8 text; as the value of a message, the whole message.
 *
 * - **Emits** each line without its end, which is LF or CRLF, or the end of the file; a blank line is `''`.
 * - **Fails** a line that is not UTF-8, or is longer than 16 MiB, is a rejection (`invalid`) with its number; the next line
 *   is read. A row that is no string, or would not come back as one line, throws a `TypeError`, which is a rejection of
 *   the sink's step.
 * - **Memory** the line, at most 16 MiB.
 */
export function text(): Format<string> {
  return {
    name: 'text',
    splitter: textSplitter,
    decode: (bytes) => {
      const decoded = decodeUtf8(bytes);
      if (decoded === undefined) throw new TypeError('text: the message is not UTF-8 text');
      return decoded;
    },
    encode: (row) => encodeUtf8(checked(row)),
    encoder: () => ({ head: () => '', row: (row) => `${oneLine(row)}\n` }),
  };
}

export function textSplitter(request: SplitterRequest, maxBytes?: number): RecordSplitter<string> {
  const grammar = new LineGrammar({ blockBytes: keptBlockBytes, skipsBlankLines: false }, appendLine);
  return new RecordSplitter(grammar, request.state, maxBytes);
}

function appendLine(chunk: ChunkText, from: number, to: number, into: string[]): BrokenBy | undefined {
  const line = chunk.slice(from, to);
  if (line === undefined) return notUtf8;
  into.push(line);
  return undefined;
}

function checked(row: unknown): string {
  if (typeof row !== 'string') throw new TypeError(`text: a row must be a string, got ${show(row)}`);
  return row;
}

function oneLine(row: unknown): string {
  const line = checked(row);
  if (line.includes('\n') || line.endsWith('\r')) {
    throw new TypeError(`text: a row must be one line, without its end, got ${show(line)}`);
  }
  return line;
}
