import { isMainThread } from 'node:worker_threads';

/** Read by the native library when it is loaded, and not again. */
const optOut = 'ORT_DISABLE_TELEMETRY';

/**
 * Keeps the runtime of the models from telling its maker of the machine and of every run: it would keep an id of the machine
 * in the home directory and post to a server on the internet, as it is built for Linux and macOS. Nothing leaves the gateway
 * but what is configured. To be called before threads are started: the library reads the environment of the process, and a
 * thread has only a copy of it. False in a thread of a process that did not.
 */
export function silenceRuntime(): boolean {
  if (isMainThread) process.env[optOut] = '1';
  return process.env[optOut] === '1';
}
