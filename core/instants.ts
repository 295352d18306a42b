/** The range of `Date`, in ms on both sides of 1970: beyond it borders of windows are not exact, and no calendar has a day. */
export const furthestMs = 8.64e15;
