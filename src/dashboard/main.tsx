import { render } from 'preact';
import { resumeSession } from './api/session.ts';
import { App } from './shell/app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/components.css';
import './styles/chart.css';

const place = document.getElementById('app');
if (place !== null) {
  render(<App />, place);
  void resumeSession();
}
