import type { StepLedger } from '../../../core/ledger.ts';

const outcomes = ['in', 'passed', 'absorbed', 'filtered', 'duplicate', 'held', 'made', 'out'] as const;
const kinds = ['invalid', 'failed', 'late', 'ahead', 'evicted'] as const;

/** The ledgers of one chain over several inputs, as one; those that have not begun are empty. */
export function sumLedgers(all: readonly (readonly StepLedger[])[]): readonly StepLedger[] {
  const ledgers = all.filter(({ length }) => length > 0);
  const [first = []] = ledgers;
  return first.map((line, place) => {
    return sum(
      line.step,
      ledgers.map((ledger) => ledger[place]!),
    );
  });
}

function sum(step: string, lines: readonly StepLedger[]): StepLedger {
  const total = (of: (line: StepLedger) => number): number => lines.reduce((all, line) => all + of(line), 0);
  const sums = Object.fromEntries(outcomes.map((name) => [name, total((line) => line[name])]));
  const rejected = Object.fromEntries(kinds.map((kind) => [kind, total((line) => line.rejected[kind])]));
  const hurried = total((line) => line.hurried ?? 0);
  return { step, ...sums, rejected, ...(hurried > 0 ? { hurried } : {}) } as unknown as StepLedger;
}
