// A page lives in a circuit on the server. A lost one is looked for again by Blazor; what it leaves to the page is done here.
const modal = document.getElementById('components-reconnect-modal');

// A page that nobody has looked at for so long gives its circuit back. Its state is kept in the browser, sealed, and the circuit is resumed when it is seen again.
const pauseAfter = 10 * 60 * 1000;
let hidden;

async function find() {
  try {
    if (await Blazor.reconnect() || await Blazor.resumeCircuit()) modal.close();
    // The server is there and knows this page no more: it was started anew. What was filled in is put back after the page has loaded.
    else location.reload();
  } catch {
    // Not there yet; looked for again when the network is back or somebody looks.
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
// It says how things stand; closing it would not change them.
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
