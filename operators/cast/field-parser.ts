/** Makes values of one type: pure, and never throws. */
export interface FieldParser {
  /** The value as this type; nothing where it does not fit. Missing values never do. */
  readonly parse: (value: unknown) => unknown;
  /** What had to hold of a value that did not fit. */
  readonly rule: (value: unknown) => string;
}
