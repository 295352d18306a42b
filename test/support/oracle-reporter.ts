import type { Reporter, TestModule } from 'vitest/node';
import type { OracleCount } from './oracles.ts';

/**
 * Behind all tests: one line for each file of oracles that says how many cases of each kind hold. At a desk the reasons why
 * others do not apply follow; in a log of CI they would hide the counts, and the tests have them.
 */
export default class OracleReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = modules.flatMap((module) =>
      [...module.children.allSuites()].flatMap((suite) => suite.meta().oracles ?? []),
    );
    for (const file of [...new Set(counts.map((each) => each.file))].toSorted()) {
      const kinds = kindsOf(counts.filter((each) => each.file === file));
      console.log(`oracle ${file}: ${kinds.map(textOf).join('; ')}`);
      if (process.env['CI'] === undefined)
        for (const kind of kinds) for (const line of reasonsOf(kind)) console.log(line);
    }
  }
}

/** Several suites may share the cases of a kind. */
function kindsOf(counts: readonly OracleCount[]): readonly OracleCount[] {
  const kinds = new Map<string, OracleCount>();
  for (const count of counts) {
    const { held = 0, of = 0, left = [] } = kinds.get(count.kind) ?? {};
    kinds.set(count.kind, { ...count, held: held + count.held, of: of + count.of, left: [...left, ...count.left] });
  }
  return [...kinds.values()];
}

function textOf({ kind, held, of, left }: OracleCount): string {
  return `${kind} ${held} of ${of}, ${left.reduce((sum, [, cases]) => sum + cases, 0)} not applicable`;
}

function reasonsOf({ kind, left }: OracleCount): readonly string[] {
  return left.map(([reason, cases]) => `  ${kind}, ${cases} not applicable: ${reason}`);
}
