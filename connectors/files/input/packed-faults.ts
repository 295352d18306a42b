/** Packed data that ends before its end. */
export class CutShort extends Error {}

/** Packed data that is not what it says. */
export class Damaged extends Error {}
