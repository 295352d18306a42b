/** Some of what was not synced survives a power cut: by its name and a number. */
export function someOf(seed: number): (what: string) => boolean {
  return (what) => {
    let hash = seed;
    for (const unit of what) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193);
    return ((hash >>> 7) & 1) === 1;
  };
}

/** A change of the names in a folder: it survives a power cut or not; of a rename both names may. */
export interface Renaming {
  readonly what: string;
  readonly gone?: string;
  readonly come?: readonly [name: string, thing: Thing];
}

/** A file or a folder, as it is, and as it would be if the power failed now. */
export class Thing {
  static #count = 0;
  readonly identity: string;
  readonly isFile: boolean;
  content: Buffer = Buffer.alloc(0);
  durableContent: Buffer = Buffer.alloc(0);
  names = new Map<string, Thing>();
  /** Names as they were when the folder was last synced, and what has become of them since. */
  durableNames = new Map<string, Thing>();
  renamed: Renaming[] = [];
  links = 1;
  changedAt = 0;

  constructor(isFile: boolean, identity = String(++Thing.#count)) {
    this.isFile = isFile;
    this.identity = identity;
  }
}

export function rename({ names, renamed }: Thing, renaming: Renaming): void {
  renamed.push(renaming);
  if (renaming.gone !== undefined) names.delete(renaming.gone);
  if (renaming.come !== undefined) names.set(...renaming.come);
}

export type Survives = 'all' | ((what: string) => boolean);

function namesAfter({ names, durableNames, renamed }: Thing, survives: Survives): Map<string, Thing> {
  if (survives === 'all') return names;
  const after = new Map(durableNames);
  for (const { what, gone, come } of renamed) {
    if (!survives(`name ${what}`)) continue;
    if (gone !== undefined && (come === undefined || survives(`both ${what}`))) after.delete(gone);
    if (come !== undefined) after.set(...come);
  }
  return after;
}

/** What is below a folder as it is, or as the power left it. */
export function copyNames(from: Thing, to: Thing, path: string, survives: Survives, seen: Map<Thing, Thing>): void {
  for (const [name, thing] of namesAfter(from, survives)) {
    const at = path === '' ? name : `${path}/${name}`;
    const known = seen.get(thing);
    const next = known ?? new Thing(thing.isFile, thing.identity);
    seen.set(thing, next);
    to.names.set(name, next);
    if (known !== undefined) next.links++;
    else if (!thing.isFile) copyNames(thing, next, at, survives, seen);
    else next.content = survives === 'all' || survives(`content ${at}`) ? thing.content : thing.durableContent;
    next.changedAt = thing.changedAt;
    next.durableContent = next.content;
  }
  to.durableNames = new Map(to.names);
}
