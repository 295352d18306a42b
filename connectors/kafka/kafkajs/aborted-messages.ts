/** What kafkajs has of one partition in the answer to a fetch. */
export interface FetchedPartition {
  abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
  messages: {
    readonly offset: string;
    readonly key: Uint8Array | null;
    isControlRecord?: boolean;
    readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
  }[];
}

/**
 * Takes out of a fetch what transactions have given up: makes markers of these messages, which nobody reads. kafkajs would
 * do it wrong where several transactions lie between each other: it takes them in the order in which they ended, begins
 * with one of them for each message, and takes any key of four zero bytes for the end of one.
 */
export function leaveOutAborted(partition: FetchedPartition): void {
  const { abortedTransactions = [], messages } = partition;
  if (abortedTransactions === null || abortedTransactions.length === 0) return;
  const ahead = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, first: BigInt(firstOffset) }))
    .toSorted((a, b) => (a.first < b.first ? 1 : -1));
  const open = new Set<string>();
  for (const message of messages) {
    const offset = BigInt(message.offset);
    for (let next = ahead.at(-1); next !== undefined && next.first <= offset; next = ahead.at(-1)) {
      open.add(next.producerId);
      ahead.pop();
    }
    const { producerId = '', inTransaction = false } = message.batchContext ?? {};
    if (message.isControlRecord === true) {
      if (isAbort(message.key)) open.delete(producerId);
    } else if (inTransaction && open.has(producerId)) message.isControlRecord = true;
  }
  partition.abortedTransactions = [];
}

/** The key of a marker: its version and its type, two bytes each. */
function isAbort(key: Uint8Array | null): boolean {
  return key !== null && key.length >= 4 && key[2] === 0 && key[3] === 0;
}
