import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConnectorError } from '../../../core/errors.ts';
import { codeOf, fileError } from '../file-error.ts';

/** What is at a path; nothing where there is nothing. */
export async function statsAt(where: string, path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw fileError(where, 'read', path, cause);
  }
}

/** How large a file is that must be there. */
export async function sizeOfFile(where: string, path: string): Promise<number> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw noFile(where, path);
    return stats.size;
  } catch (cause) {
    throw fileError(where, 'read', path, cause);
  }
}

/** Which file it is, whatever it is called, until its inode is used again in the same nanosecond. */
export function inodeOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

/** When a file was made, as its inode says, in nanoseconds. */
export function bornOf(inode: string): bigint {
  return BigInt(inode.slice(inode.lastIndexOf(':') + 1));
}

export function noFile(where: string, path: string): ConnectorError {
  return new ConnectorError(where, `"${path}" is not a file`, { retryable: false });
}

/** Whether an error, or what caused it, says that there is nothing at a path. */
export function isAbsent(cause: unknown): boolean {
  const code = codeOf(cause instanceof ConnectorError ? cause.cause : cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
