import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}build/test/messages/`;

/** One mistake a line, and what the compiler must say of it. */
const mistakes = [
  ["stream(rows).cast({ temprature: 'number' });", "Did you mean to write 'temperature'?"],
  ["stream(rows).cast({ temprature: 'number', at: 'timestamp' });", 'NoSuchField<"temprature">'],
  ["stream(rows).fillMissing({ humdity: 'previous' });", "Did you mean to write 'humidity'?"],
  [
    "stream(rows).keyBy('devId');",
    `"devId"' is not assignable to parameter of type '"at" | "deviceId" | "humidity" | "temperature"`,
  ],
  [
    "stream(rows).ewma('deviceId', { alpha: 0.2, as: 'e' });",
    `"deviceId"' is not assignable to parameter of type '"at" | "humidity"`,
  ],
  ["stream(rows).tumblingWindow('1 minute');", `"1 minute"' is not assignable to parameter of type 'Duration'`],
  ["stream(rows).tumblingWindow('1m').aggregate({ m: mean('humdity') });", '"humdity"'],
] as const;

const head = `import { mean, stream } from '../../../src/index.ts';
declare const rows: { deviceId: string; at: number; temperature: string; humidity?: number }[];
`;

describe('the compiler', () => {
  let printed = '';
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}mistakes.ts`, head + mistakes.map(([code]) => code).join('\n'));
    await writeFile(
      `${folder}tsconfig.json`,
      JSON.stringify({
        extends: `${root}tsconfig.json`,
        compilerOptions: { noEmit: true, rootDir: root },
        include: ['mistakes.ts'],
      }),
    );
    printed = await new Promise((resolve) => {
      execFile(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', folder], (_, stdout) =>
        resolve(stdout),
      );
    });
  }, 60_000);

  it.each(mistakes.map(([code, message], index) => ({ code, message, line: index + 3 })))(
    'says of $code: $message',
    ({ message, line }) => {
      const told = printed.split(/\n(?=\S)/).filter((each) => each.includes(`mistakes.ts(${line},`));
      expect(told.join('\n')).toContain(message);
    },
  );
});
