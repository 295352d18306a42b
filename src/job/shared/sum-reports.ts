import { balances, type StepLedger } from '../../../core/ledger.ts';
import type { JobReport } from '../report.ts';
import { sumLedgers } from './sum-ledgers.ts';

interface Reported {
  readonly report: JobReport | undefined;
}

/** What the shares that a process had at its end have done, together. */
export function sumReports(shares: readonly Reported[], restarted: number, state: JobReport['state']): JobReport {
  const reports = shares.flatMap(({ report }) => report ?? []);
  const steps: readonly StepLedger[] = sumLedgers(reports.map((each) => each.steps));
  const restarts = reports.reduce((sum, each) => sum + each.restarts, restarted);
  return { state, steps, balanced: reports.every(({ balanced }) => balanced) && steps.every(balances), restarts };
}
