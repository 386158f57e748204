let path = location.pathname;

Blazor.addEventListener('enhancedload', () => {
  // Menus stay open over an enhanced navigation, which keeps the elements: close them.
  for (const menu of document.querySelectorAll(':popover-open')) menu.hidePopover();
  // A page that a saved form leads to begins at its top; going back keeps its place.
  if (path !== location.pathname) scrollTo(0, 0);
  path = location.pathname;
});

document.addEventListener('click', event => {
  if (event.target.closest('[data-reload]')) location.reload();
});

// What leaving.js keeps from getting lost: a link asks before enhanced navigation, which replaces the page unasked, sees the click. A link to a place on
// the same page leaves nothing.
document.addEventListener('click', event => {
  const link = event.target.closest('a[href]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || (link.hash && link.pathname === location.pathname)) return;
  if (leaving.isAgreed(leaving.question())) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
Blazor.addEventListener('enhancedload', () => { leaving.here = location.href; });

// The keyboard must not get lost. A button is off while its deed is done or asked about: it gets the focus back when it is on again. The title of a
// page, which has the focus after a navigation, is another element once the circuit is there. Whoever has gone on meanwhile is left alone.
let left;
document.addEventListener('pointerdown', () => { left = undefined; });
document.addEventListener('focusin', ({ target }) => {
  if (!target.closest('[role=alertdialog]')) left = target.matches('h1') ? target : undefined;
});
new MutationObserver(changes => {
  const now = document.activeElement;
  if (changes.some(({ target }) => target === now && target.disabled)) left = now;
  else if (now === document.body && left && !left.isConnected) document.querySelector('h1')?.focus({ preventScroll: true });
  else if (now === document.body && left?.matches('button:enabled')) left.focus({ preventScroll: true });
}).observe(document, { subtree: true, childList: true, attributeFilter: ['disabled'] });
