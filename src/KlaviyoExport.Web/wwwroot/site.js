let path = location.pathname;

Blazor.addEventListener('enhancedload', () => {
  // Enhanced navigation keeps the elements, so open menus stay open. Close them.
  for (const menu of document.querySelectorAll(':popover-open')) menu.hidePopover();
  // Start a new page at its top, for example after a form is saved. Going back keeps the scroll position.
  if (path !== location.pathname) scrollTo(0, 0);
  path = location.pathname;
});

// Shows that the next page is loading, or that an action of the page is in progress, when that takes long enough to be noticed.
const noticedAfter = 300;
let loading;
globalThis.busy = {
  begin: () => document.querySelector('main')?.setAttribute('aria-busy', 'true'),
  end: () => document.querySelector('main')?.removeAttribute('aria-busy'),
};
Blazor.addEventListener('enhancednavigationstart', () => {
  clearTimeout(loading);
  loading = setTimeout(busy.begin, noticedAfter);
});
Blazor.addEventListener('enhancednavigationend', () => {
  clearTimeout(loading);
  busy.end();
});

// The days of a filter are days of the reader. Without this, they are days of UTC.
document.addEventListener('formdata', ({ target, formData }) => {
  if (target.matches('[data-days]') && (formData.get('since') || formData.get('until')))
    formData.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone);
});

// A circuit learns its address when it begins to connect. It misses a link that is followed before it is connected, and then opens the new
// page with the query of the page before. Tells it the address of the browser.
globalThis.circuit = {
  isAt: address => {
    if (address.split('#')[0] !== location.href.split('#')[0]) Blazor.navigateTo(location.href, { replaceHistoryEntry: true });
  },
};

// A circuit that connects replaces the elements of the page. A press that begins on a link and ends on its successor is a click, too.
let pressed;
document.addEventListener('pointerdown', ({ target, button }) => { pressed = button === 0 ? target.closest('a[href]') : undefined; });
document.addEventListener('pointerup', ({ target, ctrlKey, metaKey, shiftKey }) => {
  const link = target.closest('a[href]');
  if (pressed?.isConnected === false && link?.href === pressed.href && !(ctrlKey || metaKey || shiftKey)) link.click();
  pressed = undefined;
});

document.addEventListener('click', event => {
  if (event.target.closest('[data-reload]')) location.reload();
});

// Asks before a link is followed, see leaving.js. This runs in the capture phase, before enhanced navigation handles the click. Links to an
// anchor on the same page do not ask.
document.addEventListener('click', event => {
  const link = event.target.closest('a[href]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || (link.hash && link.pathname === location.pathname)) return;
  if (leaving.isAgreed(leaving.question())) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
Blazor.addEventListener('enhancedload', () => { leaving.here = location.href; });

// Restores the keyboard focus. A button is disabled while its action runs or is being confirmed, and gets the focus back when it is enabled
// again. After a navigation, the page title has the focus, but it is replaced when the circuit connects. If the reader has moved
// the focus in the meantime, it is left alone.
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

// Leads to the sign-in page when the session has ended. If it ended because of a form of this page, such as the sign-out, the server's
// answer to the form decides where to go: a navigation from here would cancel that answer. A form that is handled without loading a page
// has its default prevented. The wait ends in case the reader has canceled the loading.
const answerWithin = 60 * 1000;
let submitted;
addEventListener('submit', event => {
  if (!event.defaultPrevented) submitted = Date.now();
});
addEventListener('pageshow', () => { submitted = undefined; });
globalThis.session = {
  ended: address => {
    const left = submitted ? Math.max(0, submitted + answerWithin - Date.now()) : 0;
    setTimeout(() => location.assign(new URL(address, document.baseURI)), left);
  },
};

// Saves content that the server sends over the circuit as a file, for content that must not have an address.
globalThis.files = {
  async save(name, type, stream) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};
