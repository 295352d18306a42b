import type { Disk } from './disk.ts';
import type { ProcessMark } from './processes.ts';
import { withFile } from './with-file.ts';

/** What a lock file says. */
export interface Lock {
  /** Nothing where it cannot be read: it was not written to its end. */
  readonly mark: ProcessMark | undefined;
  /** Another one each time that somebody takes it. */
  readonly token: string;
  /** When its holder last said that it is there. */
  readonly changedAt: number;
}

/** Longer than any lock. */
const mostBytes = 4096;

/** Nothing where there is no lock. */
export async function lockAt(disk: Disk, path: string): Promise<Lock | undefined> {
  const found = await disk.stat(path);
  if (found === undefined) return undefined;
  let text = '';
  try {
    const bytes = new Uint8Array(mostBytes);
    const length = await withFile(disk, path, 'read', (file) => file.read(bytes, 0));
    text = Buffer.from(bytes.buffer, 0, length).toString('utf8');
  } catch (cause) {
    // It was released meanwhile.
    if ((await disk.stat(path)) === undefined) return undefined;
    throw cause;
  }
  return { ...parsed(text, `torn-${found.identity.replaceAll(/\W/g, '-')}`), changedAt: found.changedAt };
}

/** For a person as well: who it is that holds the lock. */
export function lockText(mark: ProcessMark, token: string): Uint8Array {
  return Buffer.from(`${JSON.stringify({ ...mark, token })}\n`);
}

function parsed(text: string, otherwise: string): Pick<Lock, 'mark' | 'token'> {
  try {
    const { token, pid, host, boot, namespace, started } = JSON.parse(text) as Record<string, unknown>;
    const texts = [host, boot, namespace, started];
    // The token becomes part of a path.
    const isToken = typeof token === 'string' && /^[0-9a-f]{1,32}$/.test(token);
    if (!isToken || !isPid(pid) || !texts.every((each) => typeof each === 'string')) throw new TypeError('no lock');
    return { mark: { host, boot, namespace, pid, started } as ProcessMark, token };
  } catch {
    return { mark: undefined, token: otherwise };
  }
}

function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
