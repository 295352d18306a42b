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

/** What all parts of a path have in common, by which a folder is searched for them. */
export function partKey(path: string): string {
  const { stem, ending } = pieces(path);
  return `${stem}/${ending}`;
}

/** Which part a file is, seen or not; nothing where it is none. */
export function partOf(name: string): { readonly key: string; readonly number: number } | undefined {
  const isHidden = name.startsWith('.') && name.endsWith('.part');
  const [, stem, number, ending = ''] =
    /^(.*)-(\d{6,15})(\D[^.]*(?:\.gz)?)?$/s.exec(isHidden ? name.slice(1, -'.part'.length) : name) ?? [];
  return number === undefined || Number(number) === 0
    ? undefined
    : { key: `${stem}/${ending}`, number: Number(number) };
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
