import { basename, dirname, extname, join } from 'node:path';

const digits = 6;

/** `days/out.csv.gz` and 7: `days/out-000007.csv.gz`. */
export function partName(path: string, number: number): string {
  const { folder, stem, ending } = pieces(path);
  return join(folder, `${stem}-${String(number).padStart(digits, '0')}${ending}`);
}

/** The name of a part while it is not to be seen: no pattern for the others takes it along. */
export function hiddenName(path: string): string {
  return join(dirname(path), `.${basename(path)}.part`);
}

/** Says of a name which part of `path` it is, seen or not; nothing where it is none. */
export function partNumbers(path: string): (name: string) => number | undefined {
  const { stem, ending } = pieces(path);
  const numberOf = (name: string): number | undefined => {
    if (!name.startsWith(`${stem}-`) || !name.endsWith(ending)) return undefined;
    const number = name.slice(stem.length + 1, name.length - ending.length);
    return /^\d{6,15}$/.test(number) && Number(number) > 0 ? Number(number) : undefined;
  };
  return (name) => {
    const isHidden = name.startsWith('.') && name.endsWith('.part');
    return numberOf(name) ?? (isHidden ? numberOf(name.slice(1, -'.part'.length)) : undefined);
  };
}

/** The lock of a path. */
export function lockName(path: string): string {
  return join(dirname(path), `.${basename(path)}.lock`);
}

function pieces(path: string): { readonly folder: string; readonly stem: string; readonly ending: string } {
  const name = basename(path);
  const packed = name.endsWith('.gz') ? '.gz' : '';
  const plain = name.slice(0, name.length - packed.length);
  const ending = extname(plain);
  return { folder: dirname(path), stem: plain.slice(0, plain.length - ending.length), ending: ending + packed };
}
