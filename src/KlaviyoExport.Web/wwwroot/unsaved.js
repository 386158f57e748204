// What is filled in and not saved outlives the circuit and the server: it is kept in this tab, as the server sealed it, until it is saved or given up.
globalThis.unsaved = {
  place: () => `unsaved:${location.pathname}${location.search}`,
  typing: () => `typing:${location.pathname}${location.search}`,
  keep(sealed) {
    try {
      sessionStorage.setItem(unsaved.place(), sealed);
      sessionStorage.removeItem(unsaved.typing());
    } catch {
      // No room, or no storage allowed: the form works as before, and a lost circuit loses it.
    }
  },
  forget() {
    sessionStorage.removeItem(unsaved.place());
    sessionStorage.removeItem(unsaved.typing());
  },
  take: () => new TextEncoder().encode(sessionStorage.getItem(unsaved.place()) ?? ''),
  // The field that was being typed into, which the server had not heard of yet.
  retype() {
    const { id, value } = JSON.parse(sessionStorage.getItem(unsaved.typing()) ?? '{}');
    const field = id && document.getElementById(id);
    if (!field || field.disabled || field.value === value) return;
    field.value = value;
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
  },
};

// Whoever signs out leaves nothing behind in this tab.
document.addEventListener('submit', ({ target }) => {
  if (target.getAttribute('action') === '/sign-out') sessionStorage.clear();
});

document.addEventListener('input', ({ target }) => {
  if (!target.id || !target.closest('form[data-unsaved-form]') || !target.matches('textarea, input:not([type=password], [type=file], [type=checkbox], [type=radio], [data-typed])')) return;
  try {
    sessionStorage.setItem(unsaved.typing(), JSON.stringify({ id: target.id, value: target.value }));
  } catch {
    // As above.
  }
});
