import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Subscriber } from './emitter.ts';
import type { EventFields, EventName } from './events.ts';

const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
] as const;

/** What is read at the moment of a scrape. */
export interface Gauges {
  /** Instances and bytes by state, and the age of the oldest that waits. */
  readonly spool: () => Promise<{
    readonly byState: Readonly<Record<string, { readonly instances: number; readonly bytes: number }>>;
    readonly oldestWaitingMs: number;
    readonly freeBytes: number;
  }>;
  readonly associations: () => number;
  readonly destinationUp: () => boolean;
  /** Tasks of worker threads; left out where nothing is prepared. */
  readonly workers?: () => { readonly busy: number; readonly queued: number };
}

const durationBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120];

/** Prometheus metrics, fed by events; label values come from bounded sets (codes, states, stages, HTTP statuses). */
export class Metrics {
  readonly registry = new Registry();
  readonly #counter = new Map<string, Counter>();
  readonly #histogram = new Map<string, Histogram>();
  #refresh: () => Promise<void> = async () => undefined;
  readonly observerFailures: Counter;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // Gauges named like counters, which Prometheus' own check refuses; their sums are those of the gauges by type.
    for (const name of misnamed) this.registry.removeSingleMetric(name);
    this.observerFailures = this.#addCounter(
      'sallyport_observer_failures_total',
      'Events an observer failed on.',
      [],
    );
    this.#addCounter('sallyport_events_total', 'Events of the catalogue, by name.', ['event']);
    this.#addCounter('sallyport_received_bytes_total', 'Bytes of instances received and safe.', []);
    this.#addCounter('sallyport_delivered_images_total', 'Images (frames) the backend accepted.', []);
    this.#addCounter(
      'sallyport_posted_bytes_total',
      'Bytes of posts the backend accepted, before compression.',
      [],
    );
    this.#addCounter('sallyport_refusals_total', 'C-STORE requests not answered with Success, by code.', [
      'code',
    ]);
    this.#addCounter('sallyport_rejections_total', 'Associations rejected, by reason.', ['reason']);
    this.#addCounter('sallyport_held_total', 'Instances held, by stage and code.', ['stage', 'code']);
    this.#addCounter(
      'sallyport_http_refusals_total',
      'HTTP requests with credentials that were refused, by code.',
      ['code'],
    );
    this.#addCounter(
      'sallyport_worker_replacements_total',
      'Worker threads that crashed or took too long and were replaced, by code.',
      ['code'],
    );
    this.#addCounter('sallyport_retries_total', 'Attempts that will be repeated, by stage and code.', [
      'stage',
      'code',
    ]);
    this.#addHistogram('sallyport_receive_seconds', 'From the first byte of a data set to Success.');
    this.#addHistogram('sallyport_prepare_seconds', 'De-identification and rendering of one instance.');
    this.#addHistogram('sallyport_post_seconds', 'One post to the backend.');
    this.#addHistogram('sallyport_delivered_after_seconds', 'From receipt to delivery.');
  }

  #addCounter(name: string, help: string, labelNames: string[]): Counter {
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    this.#counter.set(name, counter);
    return counter;
  }

  #addHistogram(name: string, help: string): void {
    this.#histogram.set(
      name,
      new Histogram({ name, help, buckets: durationBuckets, registers: [this.registry] }),
    );
  }

  #count(name: string, by = 1, labels: Record<string, string> = {}): void {
    this.#counter.get(name)?.inc(labels, by);
  }

  #seconds(name: string, milliseconds: number): void {
    this.#histogram.get(name)?.observe(milliseconds / 1000);
  }

  /** Feeds the counters; subscribe it to the emitter. */
  readonly subscriber: Subscriber = (name, fields) => {
    this.#count('sallyport_events_total', 1, { event: name });
    this.#details[name]?.(fields);
  };

  readonly #details: { readonly [N in EventName]?: (fields: EventFields[N]) => void } = {
    'instance.received': (fields) => {
      this.#count('sallyport_received_bytes_total', fields.bytes);
      this.#seconds('sallyport_receive_seconds', fields.durationMs);
    },
    'instance.refused': (fields) => this.#count('sallyport_refusals_total', 1, { code: fields.code }),
    'association.rejected': (fields) =>
      this.#count('sallyport_rejections_total', 1, { reason: fields.reason }),
    'worker.replaced': ({ code }) => this.#count('sallyport_worker_replacements_total', 1, { code }),
    'http.refused': ({ code }) => this.#count('sallyport_http_refusals_total', 1, { code }),
    'http.refusedAgain': ({ code }) => this.#count('sallyport_http_refusals_total', 1, { code }),
    'instance.prepared': (fields) => this.#seconds('sallyport_prepare_seconds', fields.durationMs),
    'instance.delivered': (fields) => this.#seconds('sallyport_delivered_after_seconds', fields.waitedMs),
    'instance.held': (fields) =>
      this.#count('sallyport_held_total', 1, { stage: fields.stage, code: fields.code }),
    'instance.retryScheduled': (fields) =>
      this.#count('sallyport_retries_total', 1, { stage: fields.stage, code: fields.code }),
    'delivery.posted': (fields) => {
      this.#count('sallyport_delivered_images_total', fields.images);
      this.#count('sallyport_posted_bytes_total', fields.bytes);
      this.#seconds('sallyport_post_seconds', fields.durationMs);
    },
    'delivery.failed': (fields) => this.#seconds('sallyport_post_seconds', fields.durationMs),
  };

  /** Adds the gauges that are read when somebody scrapes. */
  watch(gauges: Gauges): void {
    const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
      new Gauge({ name, help, labelNames, registers: [this.registry] });
    const instances = gauge('sallyport_instances', 'Instances in the spool, by state.', ['state']);
    const bytes = gauge(
      'sallyport_instance_bytes',
      'Bytes received of the instances in the spool, by state.',
      ['state'],
    );
    const oldest = gauge(
      'sallyport_oldest_waiting_seconds',
      'Age of the oldest instance not yet delivered and not held.',
    );
    const free = gauge('sallyport_storage_free_bytes', 'Free space in the storage folder.');
    const associations = gauge('sallyport_associations', 'Associations open now.');
    const tasks = gauge('sallyport_worker_tasks', 'Tasks of the worker threads, running and waiting.', [
      'state',
    ]);
    const up = gauge(
      'sallyport_destination_up',
      '1 while the backend takes posts, 0 while it rests or refuses our credentials.',
    );
    this.#refresh = async () => {
      associations.set(gauges.associations());
      up.set(gauges.destinationUp() ? 1 : 0);
      const { busy, queued } = gauges.workers?.() ?? { busy: 0, queued: 0 };
      tasks.set({ state: 'running' }, busy);
      tasks.set({ state: 'waiting' }, queued);
      const spool = await gauges.spool();
      for (const [state, count] of Object.entries(spool.byState)) {
        instances.set({ state }, count.instances);
        bytes.set({ state }, count.bytes);
      }
      oldest.set(spool.oldestWaitingMs / 1000);
      free.set(spool.freeBytes);
    };
  }

  /** The text of a scrape. */
  async scrape(): Promise<{ readonly contentType: string; readonly text: string }> {
    await this.#refresh();
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
