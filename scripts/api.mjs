// npm run api: compares the public surface of each entry point with its report in docs/api/. `--fix` rewrites the reports.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { root } from './run-tool.mjs';

const fix = process.argv.includes('--fix');
const folder = `${root}docs/api/`;
const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

mkdirSync(folder, { recursive: true });
mkdirSync(`${root}build/api`, { recursive: true });

/** What 'millrace' itself exports: the types of the other entry points may speak of it. */
const shared = new Set(
  [...readFileSync(`${root}dist/src/index.d.ts`, 'utf8').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(
    ([, names]) => (names ?? '').split(',').map((name) => name.replace(/^\s*type /, '').trim()),
  ),
);

/** The reports that belong to an entry point; any other is of one that has gone. */
const reports = new Set();
let failed = false;

for (const [entry, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue; // ./package.json
  const name = `millrace${entry.slice(1)}`.replaceAll('/', '-');
  const config = ExtractorConfig.loadFile(`${root}api-extractor.json`);
  config.projectFolder = root;
  config.mainEntryPointFilePath = `<projectFolder>/${target.types}`;
  config.apiReport = { ...config.apiReport, enabled: true, reportFileName: name };
  config.compiler = { tsconfigFilePath: '<projectFolder>/tsconfig.build.json' };
  reports.add(`${name}.api.md`);

  const result = Extractor.invoke(
    ExtractorConfig.prepare({
      configObject: config,
      configObjectFullPath: `${root}api-extractor.json`,
      packageJsonFullPath: `${root}package.json`,
    }),
    {
      localBuild: fix,
      showVerboseMessages: false,
      messageCallback: (message) => {
        // Its own TypeScript is older than ours, and it says so each time.
        if (message.messageId === 'console-preamble' || message.messageId === 'console-compiler-version-notice')
          message.handled = true;
        const forgotten = message.messageId === 'ae-forgotten-export' ? /"(\w+)"/.exec(message.text)?.[1] : undefined;
        if (forgotten !== undefined && entry !== '.' && shared.has(forgotten))
          message.logLevel = ExtractorLogLevel.None;
      },
    },
  );
  if (!result.succeeded) failed = true;
  console.log(`${result.succeeded ? 'ok    ' : 'FAILED'} ${name}.api.md${result.apiReportChanged ? ' (changed)' : ''}`);
}

for (const stale of readdirSync(folder).filter((file) => file.endsWith('.api.md') && !reports.has(file))) {
  if (fix) rmSync(folder + stale);
  else failed = true;
  console.log(`${fix ? 'removed' : 'FAILED'} ${stale}: no entry point of package.json has this report`);
}
if (failed) process.exit(1);
