import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file, gone afterwards. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Another folder in it, with nothing in it. */
export function folderIn(folder: string): string {
  return mkdtempSync(join(folder, 'in-'));
}

/** Makes files in the folder, with these names or with one of their own, and answers their paths. */
export function filesIn(folder: string): (content: string | Uint8Array, name?: string) => string {
  let count = 0;
  return (content, name = `${count++}.txt`) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

/** Files of the folder that this process has open; on systems that do not tell, none. */
export function openFilesIn(folder: string): number {
  try {
    return readdirSync('/proc/self/fd').filter((fd) => targetOf(fd).startsWith(folder)).length;
  } catch {
    return 0;
  }
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // It was the one that listed the others.
    return '';
  }
}
