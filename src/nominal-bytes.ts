/** What a record or a row counts for where nobody knows what it holds in memory. */
export const nominalBytes = 100;
