// An interactive page has a circuit on the server. Blazor reconnects a lost circuit. This script handles the states that Blazor leaves to
// the page.
const modal = document.getElementById('components-reconnect-modal');

// A page that is hidden for this time (in milliseconds) pauses its circuit. The encrypted state is kept in the browser. The circuit is
// resumed when the page is visible again.
const pauseAfter = 10 * 60 * 1000;
let hidden;

async function find() {
  try {
    if (await Blazor.reconnect() || await Blazor.resumeCircuit()) modal.close();
    // The server is available but does not know the circuit, for example after a restart. Unsaved changes are restored after the reload.
    else location.reload();
  } catch {
    // The server is still unavailable. Retried when the network is back or the page becomes visible.
  }
}

async function resume() {
  try {
    if (!await Blazor.resumeCircuit()) location.reload();
  } catch {
    modal.classList.replace('components-reconnect-paused', 'components-reconnect-failed');
  }
}

const isIn = (...states) => states.some(state => modal.classList.contains(`components-reconnect-${state}`));

function look() {
  if (document.visibilityState !== 'visible') return;
  if (isIn('paused')) resume();
  else if (isIn('failed', 'resume-failed')) find();
}

modal.addEventListener('components-reconnect-state-changed', ({ detail: { state } }) => {
  if (state === 'hide') modal.close();
  else if (state === 'rejected') location.reload();
  else if (!modal.open) modal.showModal();
});
// The dialog cannot be closed, because the page does not work while it is open.
modal.addEventListener('cancel', event => event.preventDefault());
modal.addEventListener('click', ({ target }) => {
  if (target.closest('[data-retry]')) find();
  else if (target.closest('[data-resume]')) resume();
});
addEventListener('online', look);
document.addEventListener('visibilitychange', () => {
  clearTimeout(hidden);
  if (document.visibilityState === 'hidden') hidden = setTimeout(() => Blazor.pauseCircuit?.(), pauseAfter);
  else look();
});

// Blazor connects a lost circuit again, but not one that has failed, and it does not try again to start one. Until it is connected, the page
// has the controls of its prerendering, which are disabled.
const notConnected = document.getElementById('blazor-error-ui');
const connectsWithin = 15 * 1000;
const pace = 1000;
let waited = 0;
let failed = false;

const isTold = () => notConnected.style.display === 'block';
const tell = told => { notConnected.style.display = told ? 'block' : ''; };

// Reloads a page in which nothing can have been typed, once a minute at most.
function connectAgain() {
  try {
    const isRecent = Date.now() - Number(sessionStorage.getItem('connected-again')) < 60 * 1000;
    if (isRecent || document.querySelector('main :is(input, select, textarea):enabled')) return tell(true);
    sessionStorage.setItem('connected-again', Date.now());
    location.reload();
  } catch {
    // Without storage, it could reload for ever.
    tell(true);
  }
}

setInterval(() => {
  if (document.visibilityState !== 'visible') return;
  if (document.querySelector('.search-button:disabled, main fieldset.bare:disabled')) {
    waited += pace;
    if (waited === connectsWithin) connectAgain();
  } else {
    if (waited >= connectsWithin) tell(false);
    waited = 0;
  }
}, pace);

// The next page cannot use a circuit that has failed.
Blazor.addEventListener('enhancednavigationstart', () => { failed = isTold(); });
Blazor.addEventListener('enhancedload', () => {
  waited = 0;
  if (failed) location.reload();
});
