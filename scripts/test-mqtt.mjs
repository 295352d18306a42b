// npm run test:mqtt [-- arguments]: builds, compiles the programs that are killed, and runs the tests against Mosquitto, which
// it installs where it is missing (Debian's package; needs root then).
import { spawnSync } from 'node:child_process';
import { runTool } from './run-tool.mjs';

const isThere = () => spawnSync('mosquitto', ['-h']).error === undefined;

if (!isThere()) {
  for (const command of ['apt-get -qq update', 'apt-get -qq install --yes --no-install-recommends mosquitto']) {
    spawnSync(command, { shell: true, stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  // The tests start their own: the one of the package, if it was started, is not needed.
  spawnSync('service', ['mosquitto', 'stop'], { stdio: 'ignore' });
}
if (!isThere()) {
  console.error('There is no `mosquitto` here: install Mosquitto 2, and start again.');
  process.exit(1);
}

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
runTool('vitest', ['run', '--config', 'vitest.mqtt.config.ts', ...process.argv.slice(2)]);
