import { untilSignal } from '../../src/cli/io.ts';
import { loadConfig } from '../../src/config/load.ts';
import { faultPoints, setFaultHandler } from '../../src/core/fault-points.ts';
import { Gateway } from '../../src/gateway.ts';

/**
 * The gateway as a process that a crash test starts: configured and run as by `serve`, but for SALLYPORT_TEST_FAULT
 * ("point:n"), which kills it the n-th time it comes by that fault point. Says its ports as one JSON line.
 */
const { SALLYPORT_TEST_FAULT: fault = '', ...environment } = process.env;
const [name, countText] = fault.split(':');
const fatal = faultPoints.find((point) => point === name);
if (fault !== '' && fatal === undefined) throw new Error('there is no fault point of this name');
let left = Number(countText);
if (fatal !== undefined) {
  setFaultHandler((point) => {
    if (point !== fatal) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  });
}

const { config } = loadConfig({ environment, args: process.argv.slice(2) });
const signal = untilSignal();
const gateway = new Gateway(config, { log: false });
const ports = await gateway.start();
process.stdout.write(`${JSON.stringify({ dimsePort: ports.dimse, httpPort: ports.http })}\n`);
await signal;
await gateway.stop();
