import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type ApiError, post } from '../api/client.ts';
import { useRight } from '../api/session.ts';
import type { Schemas } from '../api/types.ts';
import { asApiError } from '../api/use-resource.ts';
import { Button } from '../ui/button.tsx';
import { CheckField, TextField } from '../ui/fields.tsx';
import { duration } from '../ui/figures.ts';
import { ErrorNotice, Notice, type Severity, severityWords } from '../ui/notice.tsx';
import { Card } from '../ui/page.tsx';

type Report = Schemas['TestReport'];
type Step = Report['steps'][number];

const stepWords: Readonly<Record<Step['name'], string>> = {
  connect: 'Reach the machine and port',
  associate: 'Begin the conversation (association)',
  echo: 'Ask “are you there?” (C-ECHO)',
  store: 'Send a test image (C-STORE)',
  release: 'End the conversation in order',
};
const outcomes: Readonly<
  Record<Step['outcome'], { readonly tone: Severity | undefined; readonly word: string }>
> = {
  ok: { tone: 'good', word: 'in order' },
  warning: { tone: 'warning', word: 'in order, with a warning' },
  failed: { tone: 'critical', word: 'failed' },
  skipped: { tone: undefined, word: 'left out' },
};

interface TestState {
  readonly busy: boolean;
  readonly report?: Report;
  readonly error?: ApiError;
}

function useTest(): [TestState, (run: () => Promise<Report>) => void] {
  const [state, setState] = useState<TestState>({ busy: false });
  const start = (run: () => Promise<Report>): void => {
    setState({ busy: true });
    run().then(
      (report) => setState({ busy: false, report }),
      (error: unknown) => setState({ busy: false, error: asApiError(error) }),
    );
  };
  return [state, start];
}

/** Whether the text is an AE title (PS3.5 6.2): at most 16 printable characters, not blanks alone. */
function aeTitleFault(text: string): string | undefined {
  if (text.trim() === '') return 'An AE title is needed.';
  return /^[ -~]{1,16}$/.test(text) ? undefined : 'At most 16 letters, digits and signs, without accents.';
}

/** The gateway sends to itself, so that its whole way can be tried before a PACS is there. */
export function SendTest(): JSX.Element {
  const [calling, setCalling] = useState('TEST');
  const [instance, setInstance] = useState(true);
  const [told, setTold] = useState(false);
  const [state, start] = useTest();
  const fault = aeTitleFault(calling);
  return (
    <TestCard
      title="Try the gateway without a PACS"
      lead="The gateway calls itself by DICOM, as a PACS would."
      state={state}
      button="Send the test"
      onSubmit={() => {
        setTold(true);
        if (fault === undefined)
          start(() => post('/api/test/send', { body: { callingAeTitle: calling, instance } }));
      }}
    >
      <TextField
        label="AE title of the sender"
        value={calling}
        maxLength={16}
        fault={told ? fault : undefined}
        hint="Who the test claims to be. An AE title with its own profile tries that profile."
        onValue={setCalling}
      />
      <CheckField
        label="Send a made-up image as well"
        hint="Of the invented patient TEST^SALLYPORT. It goes the whole way, to the backend too."
        checked={instance}
        onValue={setInstance}
      />
    </TestCard>
  );
}

/** Whether the gateway reaches the PACS: the other way round. */
export function EchoTest(): JSX.Element {
  const [host, setHost] = useState('');
  const [port, setPort] = useState('104');
  const [called, setCalled] = useState('');
  const [tls, setTls] = useState(false);
  const [told, setTold] = useState(false);
  const [state, start] = useTest();
  const hostFault = /^[A-Za-z0-9._:-]{1,253}$/.test(host.trim())
    ? undefined
    : 'A name or an address is needed, as pacs.example.org or 10.0.0.5.';
  const number = Number(port);
  const portFault =
    Number.isInteger(number) && number >= 1 && number <= 65_535 ? undefined : 'A number between 1 and 65535.';
  const calledFault = aeTitleFault(called);
  return (
    <TestCard
      title="Ask the PACS “are you there?”"
      lead="A C-ECHO from the gateway to another DICOM node, to see whether network and firewall let it through. Receiving does not need it."
      state={state}
      button="Ask"
      onSubmit={() => {
        setTold(true);
        if (hostFault === undefined && portFault === undefined && calledFault === undefined)
          start(() =>
            post('/api/test/echo', { body: { host: host.trim(), port: number, calledAeTitle: called, tls } }),
          );
      }}
    >
      <div class="filters">
        <TextField
          label="Host"
          value={host}
          maxLength={253}
          fault={told ? hostFault : undefined}
          onValue={setHost}
        />
        <TextField
          label="Port"
          value={port}
          maxLength={5}
          fault={told ? portFault : undefined}
          onValue={setPort}
        />
        <TextField
          label="AE title of the PACS"
          value={called}
          maxLength={16}
          fault={told ? calledFault : undefined}
          onValue={setCalled}
        />
      </div>
      <CheckField label="With TLS (encrypted)" checked={tls} onValue={setTls} />
    </TestCard>
  );
}

interface TestCardProps {
  readonly title: string;
  readonly lead: string;
  readonly button: string;
  readonly state: TestState;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}

function TestCard({ title, lead, button, state, onSubmit, children }: TestCardProps): JSX.Element {
  const allowed = useRight('admin');
  return (
    <Card title={title}>
      <p class="hint">{lead}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (allowed && !state.busy) onSubmit();
        }}
      >
        {children}
        <div class="actions">
          <Button kind="primary" type="submit" needs="admin" busy={state.busy}>
            {button}
          </Button>
        </div>
      </form>
      <div role="status">
        {state.busy ? <p class="wait">Trying…</p> : null}
        {state.report === undefined ? null : <Steps report={state.report} />}
      </div>
      <ErrorNotice error={state.error} />
    </Card>
  );
}

function Steps({ report }: { readonly report: Report }): JSX.Element {
  return (
    <>
      <Notice
        severity={report.ok ? 'good' : 'critical'}
        {...(report.ok ? {} : { word: 'Failed' })}
        title={report.ok ? `It works, after ${duration(report.ms)}` : 'It does not work yet'}
      />
      <ol class="checks steps">
        {report.steps.map(({ name, outcome, ms, status, code, what, advice }) => {
          const { tone, word } = outcomes[outcome];
          return (
            <li key={name} class={tone}>
              <span class="check-sign" aria-hidden="true">
                {tone === undefined ? '–' : severityWords[tone].sign}
              </span>
              <div>
                <b>{stepWords[name]}</b>: {word}
                {outcome === 'skipped' ? null : <span class="hint"> ({duration(ms)})</span>}
                <p>{what}</p>
                {advice === null ? null : (
                  <p>
                    <b>What to do:</b> {advice}
                  </p>
                )}
                {status === null && code === null ? null : (
                  <p class="hint">
                    {status === null ? null : (
                      <>
                        Status <code>{status}</code>{' '}
                      </>
                    )}
                    {code === null ? null : (
                      <>
                        Code <code>{code}</code>
                      </>
                    )}
                  </p>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </>
  );
}
