import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isChanged } from './changed-file.ts';
import { type Compression, compressionOf, withoutPacking } from './compression.ts';
import { fileError } from '../file-error.ts';
import { bornOf, inodeOf, isAbsent, statsAt } from './file-stats.ts';
import type { FilePosition } from './file-position.ts';
import { digestLength, headBytes } from './fingerprint.ts';
import { type FileRequest, OpenFile } from './open-file.ts';
import { originalsOf } from './rotated-names.ts';
import { byWriting, type FileTimes } from './written-order.ts';

/** A file that is, or was, found under the path that is followed. */
export interface Generation extends FileTimes {
  readonly path: string;
  readonly compression: Compression;
  readonly inode: string;
  readonly size: bigint;
}

/** The file at the path, last, and what rotations have made of those before it, the oldest first. */
export async function generationsOf(where: string, path: string): Promise<readonly Generation[]> {
  const base = basename(path);
  const rotated = await allIn(where, path, (name) => originalsOf(name).includes(base));
  const names = new Set(rotated.map((each) => each.path));
  // While a file is being packed both are there, and only the old one is whole.
  const older = rotated.filter((each) => each.compression === 'none' || !names.has(withoutPacking(each.path)));
  const current = await generationAt(where, path);
  // Who wrote to it last tells better than its name: some count up, some count down, some write the date.
  const sorted = older.toSorted(byWriting);
  return current === undefined ? sorted : [...sorted, current];
}

/** What is at a path; nothing where there is no file. */
export async function generationAt(where: string, path: string): Promise<Generation | undefined> {
  const stats = await statsAt(where, path);
  if (stats?.isFile() !== true) return undefined;
  const { size, mtimeNs: modified, birthtimeNs: born } = stats;
  return { path, compression: compressionOf(path, 'auto'), inode: inodeOf(stats), size, modified, born };
}

/** The file of a position, open there, whatever it is called by now: itself, or a copy that a rotation has made of it. */
export async function findAgain(position: FilePosition, request: FileRequest): Promise<OpenFile | undefined> {
  const { path, inode, modified, fingerprint, state } = position;
  const { where } = request;
  const generations = await generationsOf(where, path);
  const itself = generations.find((each) => each.inode === inode) ?? (await renamed(where, position));
  // As long as little has been read of it, an older one may look the same.
  const isSure = digestLength(fingerprint) === headBytes;
  const copies = generations.filter((each) => each.path !== path && (isSure || each.modified >= BigInt(modified)));
  // A file at the same path is another one, but when a whole disk was moved.
  const moved = generations.filter((each) => each.path === path && isSure);
  const others = state.offset > 0 ? [...copies, ...moved] : [];
  const young = await youngCopies(generations, position, request);
  for (const each of [...young, ...(itself === undefined ? [] : [itself]), ...others]) {
    const found = await openAt(each, position, request);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Whether the file was copied and truncated since its position. As long as little has been read of it, what was written to
 * it then may look the same: the copies come first.
 */
export async function hasYoungCopies(position: FilePosition, request: FileRequest): Promise<boolean> {
  if (position.state.offset >= headBytes) return false;
  return (await youngCopies(await generationsOf(request.where, position.path), position, request)).length > 0;
}

async function youngCopies(
  generations: readonly Generation[],
  position: FilePosition,
  request: FileRequest,
): Promise<readonly Generation[]> {
  const { path, inode, modified, state } = position;
  const itself = generations.find((each) => each.inode === inode);
  if (state.offset >= headBytes || itself === undefined) return [];
  const copies: Generation[] = [];
  for (const each of generations) {
    const isMadeSince = each.born > itself.born && each.modified > BigInt(modified);
    // What came behind it was written to later than it was, not earlier.
    const mayBe = isMadeSince && byWriting(each, itself) < 0 && each.path !== path && each.size > 0n;
    // It was copied, and goes on.
    if (mayBe && !(await beginsAs(itself, each, request))) copies.push(each);
  }
  return copies;
}

async function beginsAs(one: Generation, other: Generation, request: FileRequest): Promise<boolean> {
  const [head, beginning] = [await headOf(one, request), await headOf(other, request)];
  return Buffer.compare(head.subarray(0, beginning.length), beginning) === 0;
}

async function headOf(generation: Generation, request: FileRequest): Promise<Uint8Array> {
  const file = await openAt(generation, undefined, request);
  if (file === undefined) return new Uint8Array(0);
  try {
    while (file.head.length < headBytes && (await file.next()).length > 0);
    return file.head.bytes;
  } finally {
    await file.close();
  }
}

export function isNewer(generation: Generation, { inode, modified }: FilePosition): boolean {
  return generation.inode !== inode && byWriting(generation, { modified: BigInt(modified), born: bornOf(inode) }) > 0;
}

/** The generation, open at a position; nothing where it is not the file of that position, or is no longer there. */
export async function openAt(
  { path, compression, inode }: Generation,
  position: FilePosition | undefined,
  request: FileRequest,
): Promise<OpenFile | undefined> {
  try {
    const file = await OpenFile.open(path, compression, request, position);
    if (file.inode === inode) return file;
    await file.close();
    return undefined;
  } catch (cause) {
    if (isChanged(cause) || isAbsent(cause)) return undefined;
    throw cause;
  }
}

/** In the same folder, under a name that no rotation is known to give. */
async function renamed(where: string, { path, inode }: FilePosition): Promise<Generation | undefined> {
  return (await allIn(where, path, () => true)).find((each) => each.inode === inode);
}

async function allIn(where: string, path: string, isIt: (name: string) => boolean): Promise<readonly Generation[]> {
  const folder = path.slice(0, path.length - basename(path).length);
  const found: Generation[] = [];
  try {
    for (const name of await readdir(dirname(path))) {
      if (name === basename(path) || !isIt(name)) continue;
      const generation = await generationAt(where, folder + name);
      if (generation !== undefined) found.push(generation);
    }
  } catch (cause) {
    if (!isAbsent(cause)) throw fileError(where, 'read', dirname(path), cause);
  }
  return found;
}
