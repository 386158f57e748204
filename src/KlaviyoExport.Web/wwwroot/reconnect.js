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
