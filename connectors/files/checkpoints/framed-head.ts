/** What a person reads at the beginning of a file of ours: what it is, and a line of JSON that says more. */
export interface FramedHead {
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Both lines together. */
export const longestHead: number = 64 * 1024;

export function encodeHead({ title, facts }: FramedHead): Buffer {
  return Buffer.from(`${title}\n${JSON.stringify(facts)}\n`);
}

/** Whether both lines are there. */
export function hasHead(bytes: Buffer): boolean {
  const first = bytes.indexOf('\n');
  return first >= 0 && bytes.indexOf('\n', first + 1) > first;
}

/** What the lines say, and how long they are; a text where it is not what the title says. */
export function decodeHead(
  bytes: Buffer,
  title: string,
): { readonly facts: FramedHead['facts']; readonly length: number } | string {
  const text = bytes.toString('utf8');
  const [first = '', second] = text.split('\n', 2);
  if (first !== title) return `does not begin with "${title}"`;
  const length = Buffer.byteLength(first) + 1 + Buffer.byteLength(second ?? '') + 1;
  if (second === undefined || length > bytes.length) return 'ends within its beginning';
  try {
    return { facts: JSON.parse(second) as FramedHead['facts'], length };
  } catch {
    return 'does not say in its second line what it is';
  }
}
