/** So many at once: file systems write the wishes of several together. */
const width = 16;

/** Does something with each, some at once. When it fails, what has begun is waited for, and nothing more begins. */
export async function atOnce<V>(items: Iterable<V>, act: (item: V) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true && failures.length === 0; next = waiting.next()) {
      await act(next.value).catch((cause: unknown) => failures.push(cause));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (failures.length > 0) throw failures[0];
}
