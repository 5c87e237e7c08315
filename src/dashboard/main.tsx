import { render } from 'preact';
import { comeBack } from './api/openid.ts';
import { resumeSession } from './api/session.ts';
import { App } from './shell/app.tsx';
import { go } from './shell/router.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/components.css';
import './styles/chart.css';

const place = document.getElementById('app');
if (place !== null) {
  const page = comeBack();
  if (page !== undefined) go(page, { replace: true });
  render(<App />, place);
  void resumeSession();
}
