// node --expose-gc scripts/soak/read-files.mjs [GB] [csv|ndjson|gzip|side]: reads so much from files, by hand, after `npm run build`.
// One file of 20 MB stands there under many names (hard links). Prints what the heap holds on the way, and the longest
// time for which the event loop had no turn.
import { link, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { csv, jsonLines, stream } from 'millrace';
import { fromFile } from 'millrace/connectors/files';

const fileBytes = 20e6;
const [gigabytes = '2', mode = 'csv'] = process.argv.slice(2);
const isCsv = mode !== 'ndjson';
const count = Math.ceil((Number(gigabytes) * 1e9) / fileBytes);
const mega = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1).padStart(8);

const folder = await mkdtemp(join(tmpdir(), 'millrace-soak-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true });
}

async function measure() {
  const content = Buffer.from(rows());
  const name = (/** @type {number} */ number) =>
    join(folder, `${String(number).padStart(5, '0')}${mode === 'gzip' ? '.gz' : ''}`);
  await writeFile(name(0), mode === 'gzip' ? gzipSync(content) : content);
  for (let number = 1; number < count; number++) await link(name(0), name(number));
  const bytes = content.length * count;
  console.log(`${count} files, ${mega(bytes)} MB of ${mode}, Node ${process.version}`);
  const job = read();
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const turns = longestTurn();
  const began = performance.now();
  const sampling = setInterval(() => sample(began), 2_000);
  loop.enable();
  const report = await job.run();
  loop.disable();
  const turnMs = turns();
  clearInterval(sampling);
  sample(began);
  const seconds = (performance.now() - began) / 1000;
  console.log(`${report.state}, ${report.steps[0]?.out} records, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s`);
  const [longest, most] = [loop.max, loop.percentile(99.9)].map((ns) => (ns / 1e6).toFixed(1));
  console.log(`event loop: longest pause ${longest} ms, 99.9 % ${most} ms; ${turnMs.toFixed(1)} ms of CPU in one turn`);
}

/** The most CPU time, of all threads, between two turns of the event loop: other processes have no part in it. */
function longestTurn() {
  let most = 0;
  let isOver = false;
  let before = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    most = Math.max(most, (user + system) / 1000);
    if (!isOver) setImmediate(look);
  };
  look();
  return () => {
    isOver = true;
    return most;
  };
}

function read() {
  const format = isCsv ? csv() : jsonLines();
  const partitions = mode === 'side' ? 'file' : 'one';
  return stream(fromFile(join(folder, '*'), { format, partitions }))
    .filter(() => false)
    .to(nowhere());
}

/** @returns {any} a sink that nothing comes to */
function nowhere() {
  const done = () => Promise.resolve();
  const writer = {
    write: () => {},
    buffered: { records: 0, bytes: 0 },
    send: done,
    cut: async () => ({}),
    commit: done,
    close: done,
  };
  return { name: 'nowhere', traits: { guarantee: 'repeats' }, open: async () => writer };
}

function sample(/** @type {number} */ began) {
  if (process.env['GC'] !== undefined) globalThis.gc?.();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(5);
  console.log(
    `${seconds} s  heap ${mega(heapUsed)}  external ${mega(external)}  buffers ${mega(arrayBuffers)}  rss ${mega(rss)} MB`,
  );
}

function rows() {
  const lines = isCsv ? ['at,device,temperature,humidity,note'] : [];
  for (let length = 0, index = 0; length < fileBytes; index++) {
    const row = {
      at: 1_700_000_000_000 + index,
      device: `device-${index % 997}`,
      temperature: Math.sin(index) * 20,
      humidity: index % 100,
      note: `row ${index}`,
    };
    const line = isCsv ? Object.values(row).join(',') : JSON.stringify(row);
    length += line.length + 1;
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}
