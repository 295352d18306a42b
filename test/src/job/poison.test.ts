import { describe, expect, it } from 'vitest';
import { DataError, type JobReport, type Rejection, type RejectPolicies, stream } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';

interface Reading {
  readonly at: number;
  readonly v: string;
}

/** One of a thousand is no number, at the fifth hundred; the callback throws on one, at the eighth. */
const readings: readonly Reading[] = Array.from({ length: 1_000 }, (_, at) => ({
  at,
  v: at === 500 ? 'broken' : String(at),
}));

async function run(policy: RejectPolicies): Promise<{ rows: number; report: JobReport }> {
  const sink = testSink<number>();
  const report = await stream(testSource(readings))
    .cast({ v: 'number' })
    .map(({ v }) => {
      if (v === 800) throw new TypeError('no eight hundred');
      return v;
    })
    .onReject(policy)
    .to(sink)
    .run();
  return { rows: sink.committed.length, report };
}

const rejectedOf = ({ steps }: JobReport) =>
  steps.map(({ rejected: { invalid, failed } }) => [invalid, failed]).filter(([a = 0, b = 0]) => a + b > 0);

describe('one bad record of a thousand', () => {
  it('ends a job under `fail`, with the step, the record, and what its callback threw', async () => {
    await expect(run('fail')).rejects.toMatchObject({
      code: 'ML_DATA',
      rejection: { kind: 'invalid', operator: 'cast', field: 'v', received: 'broken', value: { at: 500 } },
    });
    const failed = run({ invalid: 'drop', failed: 'fail' });
    await expect(failed).rejects.toThrowError(DataError);
    await expect(failed).rejects.toMatchObject({
      rejection: { kind: 'failed', operator: 'map', value: { at: 800 } },
      cause: { message: 'no eight hundred' },
    });
  });

  it.each([
    ['a function', (told: Rejection[]) => (rejection: Rejection) => void told.push(rejection)],
    ['a sink', () => testSink<Rejection>()],
  ] as const)('leaves the others as they are under %s, and is counted', async (_, policyOf) => {
    const told: Rejection[] = [];
    const policy = policyOf(told);
    const { rows, report } = await run(policy);
    expect([rows, report.balanced, rejectedOf(report)]).toEqual([
      998,
      true,
      [
        [1, 0],
        [0, 1],
      ],
    ]);
    const kept = typeof policy === 'object' ? (policy.committed as unknown as Rejection[]) : told;
    expect(kept.map(({ kind }) => kind)).toEqual(['invalid', 'failed']);
  });

  it('is left out and counted under `drop`', async () => {
    const { rows, report } = await run('drop');
    expect([rows, report.balanced, rejectedOf(report)[0]]).toEqual([998, true, [1, 0]]);
  });

  it('goes where its kind is sent', async () => {
    const letters = testSink<Rejection>();
    const { rows } = await run({ invalid: letters, failed: 'drop' });
    expect([rows, letters.committed.map(({ kind }) => kind)]).toEqual([998, ['invalid']]);
  });
});
