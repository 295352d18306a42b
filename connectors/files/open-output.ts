import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ConnectorError } from '../../core/errors.ts';
import type { Encoder, Format } from '../../core/format.ts';
import type { SinkRequest, SinkState } from '../../core/sink.ts';
import { codeOf, fileError } from './file-error.ts';

export type Mode = 'create' | 'append' | 'overwrite';

/** A file that rows are written to. */
export interface Output<T> {
  readonly path: string;
  readonly handle: FileHandle;
  readonly encoder: Encoder<T>;
  /** Where the first row goes. */
  readonly length: number;
  /** What the last line lacks: without it the first row would be glued to a torn one. */
  readonly lineEnd: '' | '\n';
}

const where = 'toFile';
const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** In which a header may stand. */
const beginningBytes = 64 * 1024;

/** Opens the file, at the length that the checkpoint holds where it is our own. */
export async function openOutput<T>(
  path: string,
  mode: Mode,
  request: SinkRequest,
  encoderOf: NonNullable<Format<T>['encoder']>,
): Promise<Output<T>> {
  try {
    const own = request.state ?? request.notes.findLast((note) => note['path'] === path);
    const length = own === undefined ? await lengthToKeep(path, mode) : ownLength(path, own);
    // Stored before it is opened: a restart before the first checkpoint must know that the file is our own.
    if (own === undefined) await request.note({ path, bytes: length });
    const fresh = own === undefined && mode === 'create';
    const mayCreate = own === undefined || length === 0;
    const handle = await open(path, O_RDWR | (mayCreate ? O_CREAT : 0) | (fresh ? O_EXCL : 0));
    try {
      return await outputOf(path, handle, length, encoderOf);
    } catch (cause) {
      await handle.close();
      throw cause;
    }
  } catch (cause) {
    throw codeOf(cause) === 'EEXIST' ? exists(path, cause) : fileError(where, 'open', path, cause);
  }
}

async function outputOf<T>(
  path: string,
  handle: FileHandle,
  length: number,
  encoderOf: NonNullable<Format<T>['encoder']>,
): Promise<Output<T>> {
  const found = (await handle.stat()).size;
  if (found < length) {
    const what = `"${path}" is shorter (${found} bytes) than the checkpoint says (${length}): it was cut or replaced`;
    throw new ConnectorError(where, what, { retryable: false });
  }
  await handle.truncate(length);
  if (length === 0) return { path, handle, encoder: encoderOf(), length, lineEnd: '' };
  const beginning = await readAt(handle, 0, Math.min(length, beginningBytes));
  const last = await readAt(handle, length - 1, 1);
  return { path, handle, encoder: encoderOf(beginning), length, lineEnd: last[0] === 0x0a ? '' : '\n' };
}

/** How much of a file that is not our own stays. */
async function lengthToKeep(path: string, mode: Mode): Promise<number> {
  if (mode === 'overwrite') return 0;
  try {
    const { size } = await stat(path);
    if (mode === 'append') return size;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return 0;
    throw cause;
  }
  throw exists(path, undefined);
}

function ownLength(path: string, state: SinkState): number {
  const { bytes } = state;
  if (state['path'] === path && typeof bytes === 'number') return bytes;
  const what = `the checkpoint is of another file than "${path}": ${JSON.stringify(state)}`;
  throw new ConnectorError(where, what, { retryable: false });
}

function exists(path: string, cause: unknown): ConnectorError {
  const what = `"${path}" is there already; \`mode\` can be \`append\` or \`overwrite\``;
  return new ConnectorError(where, what, { cause, retryable: false, code: 'ML_FILE_EXISTS' });
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
