import type { Plain } from './plain.ts';
import type { Fault } from './rejection.ts';
import type { FieldUse } from './recipe.ts';

declare const formatOf: unique symbol;

/** Bytes to records and back. */
export interface Format<in out T> {
  readonly name: string;
  /** For the compiler alone: no format has it. */
  readonly [formatOf]?: (value: T) => T;
  /** Of a format whose records lie in a file one after the other: cuts and decodes them. */
  readonly splitter?: (request: SplitterRequest) => Splitter<T>;
  /** A record may hold line ends: that a file ends with one does not mean that its last record is complete. */
  readonly spansLines?: true;
  /** Decodes one record that a transport has cut already. A throw is a rejection. */
  readonly decode?: (bytes: Uint8Array) => T | Promise<T>;
  /** The same for a chain that reads these fields: others need not be decoded. */
  readonly decoder?: (fields: FieldUse['reads']) => NonNullable<Format<T>['decode']>;
  /** Encodes one row for a transport that keeps rows apart. A row that cannot be encoded throws a `TypeError`. */
  readonly encode?: (row: T) => Uint8Array;
  /**
   * Encodes rows for a file, in order: what belongs in front of the first is told apart. `beginning`: the first bytes
   * of a file that is gone on with, in which a header may stand. `learnt`: what an encoder had learnt that this one goes
   * on from.
   */
  readonly encoder?: (beginning?: Uint8Array, learnt?: Plain) => Encoder<T>;
}

export interface SplitterRequest {
  /** What the chain reads: other fields need not be decoded. */
  readonly fields: FieldUse['reads'];
  /** State of a splitter that stood where this one begins. */
  readonly state?: SplitterState;
}

/**
 * What a splitter must know to go on in the middle of a file: the byte and the number of the line that begins there,
 * and what it has learnt so far, such as the names of the columns. To go on behind a record of `Cuts`, put its end and
 * its next line in place of the two.
 */
export type SplitterState = {
  readonly offset: number;
  readonly line: number;
  readonly [detail: string]: Plain;
};

/** Cuts chunks of bytes into records, whatever the borders of the chunks. */
export interface Splitter<T> {
  /**
   * Takes the next chunk and appends what it completes. The chunk is copied if it must outlive the call. `budget`: bytes of
   * records after which it stops, at the end of one; what it has not come to is `left`, and is cut by a call without bytes.
   */
  push(chunk: Uint8Array, into: Cuts<T>, budget?: number): void;
  /** The input ends: the rest, if it is a record, is appended. To be called again while something is `left`. */
  end(into: Cuts<T>, budget?: number): void;
  /** Whether there is more to cut in what it holds. */
  readonly left: boolean;
  /** Bytes held back because their record is not complete. */
  readonly held: number;
  /** What to restart with behind the last record that was completed. */
  state(): SplitterState;
}

/** Records cut from a file, as columns; the splitter appends. */
export interface Cuts<T> {
  readonly records: T[];
  /** Byte behind each record, from the beginning of the file. */
  readonly ends: number[];
  /** Line on which each record begins, from 1. */
  readonly lines: number[];
  /** Line that begins behind each record. */
  readonly nextLines: number[];
  readonly broken: Broken[];
}

export interface Broken extends Fault {
  /** It stood before the record of this index. */
  readonly before: number;
  readonly line: number;
  readonly value: string;
  readonly cause?: unknown;
  /** Byte behind it. */
  readonly end: number;
  /** Line that begins behind it. */
  readonly nextLine: number;
}

export interface Encoder<T> {
  /**
   * What stands before the first row of an empty file: a header; nothing where there is none. Asked again with the next
   * row when the first could not be written.
   */
  head(first: T): string;
  /** One row with its line end. A row that cannot be written throws a `TypeError` that says why. */
  row(row: T): string;
  /** What later rows depend on and the file may not tell: the order of the columns. */
  learnt?(): Plain;
}
