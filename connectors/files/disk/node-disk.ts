import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConnectorError } from '../../../core/errors.ts';
import { codeOf } from '../file-error.ts';
import type { Disk, DiskFile, DiskReader, DiskStat } from './disk.ts';
import { DiskThread } from './disk-thread.ts';
import { refusedSyncs } from './refused-syncs.ts';
import { takeSteps } from './take-steps.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
const flags = { read: O_RDONLY, write: O_RDWR, new: O_RDWR | O_CREAT | O_EXCL } as const;

const thread = new DiskThread();

/** The files of this machine. */
export const nodeDisk: Disk = {
  open: async (path, how) => nodeFile(await open(path, flags[how])),
  openNow,
  stat: (path) => unlessMissing(stat(path, { bigint: true }).then(statOf)),
  names: (folder) => unlessMissing(readdir(folder)),
  rename,
  link,
  remove: async (path) => (await unlessMissing(unlink(path).then(() => true))) ?? false,
  makeFolder,
  syncFolder,
  take: (steps) => (thread.isReady(performance.now()) ? thread.take(steps) : takeSteps(nodeDisk, steps)),
};

function nodeFile(handle: FileHandle): DiskFile {
  return {
    stat: async () => statOf(await handle.stat({ bigint: true })),
    write: async (bytes, at) => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
        if (bytesWritten === 0) throw new ConnectorError('write', 'nothing more was taken', { retryable: true });
        done += bytesWritten;
      }
    },
    read: async (into, at) => (await handle.read(into, 0, into.length, at)).bytesRead,
    truncate: (length) => handle.truncate(length),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

function openNow(path: string): DiskReader {
  const file = openSync(path, 'r');
  return {
    size: fstatSync(file).size,
    read: (into, at) => readSync(file, into, 0, into.length, at),
    close: () => closeSync(file),
  };
}

function statOf(found: BigIntStats): DiskStat {
  return {
    size: Number(found.size),
    isFile: found.isFile(),
    identity: `${found.dev}:${found.ino}`,
    links: Number(found.nlink),
    changedAt: Number(found.mtimeMs),
  };
}

async function unlessMissing<V>(asked: Promise<V>): Promise<V | undefined> {
  try {
    return await asked;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Node's own way makes `ENOENT` of what it does not know, such as a disk that is read-only. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const above = dirname(path);
    if (codeOf(cause) === 'ENOENT' && above !== path) {
      await makeFolder(above);
      await makeFolder(path);
    } else if (codeOf(cause) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw cause;
  }
}

async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch (cause) {
    if (!refusedSyncs.includes(codeOf(cause) ?? '')) throw cause;
  } finally {
    await folder?.close();
  }
}
