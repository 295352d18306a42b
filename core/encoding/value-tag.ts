/** The byte in front of every encoded value, which says what it is. What is stored has these numbers: none changes its meaning. */
export const valueTag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** Zigzag varint. */
  integer: 4,
  /** Eight bytes, little-endian. */
  number: 5,
  /** Its hexadecimal digits, as a text. */
  bigint: 6,
  /** Length in bytes, UTF-8. */
  text: 7,
  /** Length in bytes, UTF-16 little-endian: a text with half of a surrogate pair. */
  wideText: 8,
  /** As a number: epoch milliseconds. */
  date: 9,
  /** Length, values. */
  array: 10,
  /** In place of a value that an array does not have. */
  hole: 11,
  /** Number of fields; name and value of each. */
  object: 12,
  /** In place of a name: the number of one that was written before. */
  knownName: 13,
  /** Size, keys and values. */
  map: 14,
  set: 15,
  /** Its kind, length in bytes, the bytes as they lie in memory. */
  bytes: 16,
} as const;

/** How many names are remembered, and how long they may be: rows repeat theirs, dictionaries do not. */
export const rememberedNames = 1024;
export const rememberedLength = 64;

/** Deeper is taken for a cycle. */
export const deepest = 256;
