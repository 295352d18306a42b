import type { Kafka } from 'kafkajs';
import { readTopic } from './messages.ts';
import type { WindowRow } from './readings.ts';

/** What a topic has too little, too much, in the wrong order or with wrong numbers: nothing, if all is well. */
export async function differences(
  topic: string,
  expected: ReadonlyMap<string, readonly WindowRow[]>,
  kafka?: Kafka,
): Promise<readonly string[]> {
  const rows = (await readTopic(topic, kafka)).map(({ value }) => JSON.parse(value ?? '') as WindowRow);
  const found: string[] = [];
  for (const [key, own] of expected) {
    const is = rows.filter((row) => row.key === key);
    const place = Array.from({ length: Math.max(is.length, own.length) }, (_, at) => at).find(
      (at) => !isSame(is[at], own[at]),
    );
    if (place === undefined) continue;
    const [wrong, right] = [is[place], own[place]].map((row) => JSON.stringify(row));
    found.push(`${key}: row ${place} of ${is.length} is ${wrong} instead of ${right}, of ${own.length}`);
  }
  const strangers = rows.filter(({ key }) => !expected.has(key));
  return strangers.length === 0 ? found : [...found, `${strangers.length} rows of other keys`];
}

/** Sums are compensated: the plain loop's last digits are others. */
function isSame(one: WindowRow | undefined, other: WindowRow | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const exact = (['windowStart', 'windowEnd', 'n', 'max'] as const).every((field) => one[field] === other[field]);
  return exact && (['mean', 'smooth'] as const).every((field) => Math.abs(one[field] - other[field]) < 1e-9);
}
