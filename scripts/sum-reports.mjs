// Adds up reports of vitest's JSON reporter, given as files, and prints one line. Fails if a run failed or left no report.
import { readFileSync } from 'node:fs';

const files = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
let whole = true;

for (const file of files) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    skipped += report.numPendingTests + report.numTodoTests;
    whole &&= report.success && report.numPassedTests > 0;
  } catch (cause) {
    console.log(`no report of a test run: ${String(cause)}`);
    whole = false;
  }
}
console.log(`Tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (!whole || failed > 0) process.exit(1);
