// SPDX-License-Identifier: Apache-2.0
import { createClient } from '@sluice/client';
import { RealtimeProvider, useConnectionState, useRealtime, useRealtimeMetrics } from '@sluice/client/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

const LIMIT = 100;

function Connection() {
  const state = useConnectionState();
  const { transport, p95LatencyMs } = useRealtimeMetrics();
  return (
    <p>
      Connection: <output id="state">{state}</output>
      {transport && ` by ${transport}, 95 % within ${Math.round(p95LatencyMs)} ms`}
    </p>
  );
}

function Feed({ service }) {
  const [rows, setRows] = useState([]);
  useRealtime(service, (event, { seq }) =>
    setRows((before) => [{ seq, text: event.subject ?? event.id }, ...before].slice(0, LIMIT)),
  );
  return (
    <ol id="events">
      {rows.map(({ seq, text }) => (
        <li key={seq}>
          {seq}: {text}
        </li>
      ))}
    </ol>
  );
}

// The application's own server says who the user is and where the gateway is.
const session = () => fetch('/session').then((response) => response.json());
const { gateway } = await session();
const client = createClient({ url: gateway, getToken: async () => (await session()).token });

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <RealtimeProvider client={client}>
      <h1>Finance, live</h1>
      <Connection />
      <Feed service="finance" />
    </RealtimeProvider>
  </StrictMode>,
);
