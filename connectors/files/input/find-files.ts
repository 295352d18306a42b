import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileError } from '../file-error.ts';
import { isAbsent, statsAt } from './file-stats.ts';
import { anyFolders, type Glob, type Segment } from './glob.ts';

/** The files that match, in no order. A folder that is not there has none; one that may not be read is an error. */
export async function findFiles(where: string, glob: Glob): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const branch of glob.branches) await walk(where, '', branch, found);
  return found;
}

/** `base`: what the path has so far, with its slash. */
async function walk(where: string, base: string, segments: readonly Segment[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === anyFolders) await walkDown(where, base, rest, found);
  else if (typeof segment === 'string') await step(where, base + segment, rest, found);
  else {
    for (const entry of await entriesOf(where, base)) {
      if (!segment.matches(entry.name)) continue;
      if (rest.length === 0 ? entry.isDirectory() : entry.isFile()) continue;
      await step(where, base + entry.name, rest, found);
    }
  }
}

/** `**` at the end stands for every file below. It does not follow links to folders, for these may lead in circles. */
async function walkDown(where: string, base: string, rest: readonly Segment[], found: Set<string>): Promise<void> {
  if (rest.length > 0) await walk(where, base, rest, found);
  for (const entry of await entriesOf(where, base)) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) await walkDown(where, `${base}${entry.name}/`, rest, found);
    else if (rest.length === 0) await step(where, base + entry.name, rest, found);
  }
}

async function step(where: string, path: string, rest: readonly Segment[], found: Set<string>): Promise<void> {
  if (rest.length > 0) await walk(where, `${path}/`, rest, found);
  else if ((await statsAt(where, path))?.isFile() === true) found.add(path);
}

async function entriesOf(where: string, base: string): Promise<readonly Dirent[]> {
  const folder = base === '' ? '.' : base;
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw fileError(where, 'read', folder, cause);
  }
}
