import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { heading } from './report.ts';
import { styled } from './terminal.ts';

/** What to do while the job runs. */
export function invitation(state: string): void {
  const names = existsSync(state) ? readdirSync(state, { recursive: true, encoding: 'utf8' }) : [];
  const goesOn = names.some((name) => name.endsWith('.committed'));
  heading(goesOn ? 'It was killed, and goes on from its last checkpoint' : 'Kill it');
  console.log(`Press Ctrl-C, or from another terminal: ${styled('bold', `kill -9 ${process.pid}`)}`);
  console.log(
    `Then start it again${goesOn ? '; as often as you like' : ''}. At its end it compares what it wrote with`,
  );
  console.log('what a run writes that nobody disturbs.\n');
}

/** Whether two files hold the same bytes. */
export function comparison(output: string, undisturbed: string): void {
  const same = readFileSync(output).equals(readFileSync(undisturbed));
  console.log(
    same
      ? `${styled('green', '✓ the same bytes')} as in ${undisturbed}, of a run that nobody disturbed`
      : `${styled('red', '✗ not the same bytes')} as in ${undisturbed}`,
  );
  if (!same) process.exitCode = 1;
}
