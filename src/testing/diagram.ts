/** What stands at a frame of a diagram. */
export interface Drawn {
  readonly frame: number;
  readonly sign: string;
}

/** Two diagrams in which the same frame stands in the same column. */
export interface Diagrams {
  readonly lines: readonly [string, string];
  /** The column of sign `index` among those of a frame. */
  readonly column: (frame: number, index: number) => number;
}

/** A silence longer than this is written as a time. */
const longestSilence = 20;

/** Draws two diagrams as one would write them, one under the other. */
export function drawBoth(one: readonly Drawn[], other: readonly Drawn[]): Diagrams {
  const [first, second] = [byFrame(one), byFrame(other)];
  const frames = [...new Set([...first.keys(), ...second.keys()])].toSorted((a, b) => a - b);
  const starts = new Map<number, { readonly column: number; readonly grouped: boolean }>();
  const lines: [string, string] = ['', ''];
  let reached = 0;
  for (const frame of frames) {
    const signs = [first.get(frame) ?? [], second.get(frame) ?? []] as const;
    // If one of them is a group both are: a sign has the column of its counterpart.
    const grouped = signs.some((each) => each.length > 1);
    const cells = signs.map((each) => (grouped && each.length > 0 ? `(${each.join('')})` : each.join('')));
    const width = Math.max(...cells.map((cell) => Array.from(cell).length));
    const silence = quiet(frame - reached, lines[0] === '');
    for (const line of [0, 1] as const) lines[line] += silence;
    starts.set(frame, { column: Array.from(lines[0]).length, grouped });
    for (const line of [0, 1] as const) lines[line] += cells[line]!.padEnd(width, '-');
    reached = frame + width;
  }
  const column = (frame: number, index: number): number => {
    const start = starts.get(frame);
    return start === undefined ? 0 : start.column + index + (start.grouped ? 1 : 0);
  };
  return { lines, column };
}

/** Frames in which nothing happens. Where a group reaches over the next frame, there is room for no more than a blank. */
function quiet(frames: number, atStart: boolean): string {
  if (frames < 0) return ' ';
  if (frames <= longestSilence) return '-'.repeat(frames);
  return `${atStart ? '' : ' '}${frames}ms `;
}

function byFrame(drawn: readonly Drawn[]): Map<number, string[]> {
  const signs = new Map<number, string[]>();
  for (const { frame, sign } of drawn) {
    const there = signs.get(frame);
    if (there === undefined) signs.set(frame, [sign]);
    else there.push(sign);
  }
  return signs;
}
