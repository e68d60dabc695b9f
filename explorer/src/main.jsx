import 'graphiql/style.css'; // GraphiQL's, its plugins' and Monaco's, with their fonts
import './page.css';
import './workers.js';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';
import { headers } from './headers.js';
import { storage } from './storage.js';

const icon = document.querySelector('link[rel=icon]').href;

createRoot(document.getElementById('explorer')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={examples.map(query => ({ query, headers }))}
    initialHeaders={headers} // the first tab's
    defaultHeaders={headers} // those of tabs opened later
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders={false} // a token does not stay in the browser; see storage.js
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>
      <span className="trunkline"><img src={icon} alt="" />Trunkline</span>
    </GraphiQL.Logo>
  </GraphiQL>,
);
