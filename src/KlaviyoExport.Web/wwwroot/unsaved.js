// What is filled in and not saved outlives the circuit and the server: it is kept in this tab, as the server sealed it, until it is saved or given up.
globalThis.unsaved = {
  place: () => `unsaved:${location.pathname}${location.search}`,
  // Without the buttons: a restored form has one more.
  fields: () => [...document.querySelectorAll('form[data-unsaved-form] :is(input, select, textarea)')],
  nameOf: field => field.id || field.getAttribute('aria-label'),
  typing: () => `typing:${location.pathname}${location.search}`,
  keep(sealed) {
    try {
      sessionStorage.setItem(unsaved.place(), sealed);
    } catch {
      // No room, or no storage allowed: the form works as before, and a lost circuit loses it.
    }
  },
  forget() {
    sessionStorage.removeItem(unsaved.place());
    sessionStorage.removeItem(unsaved.typing());
  },
  // A stream may not be empty: a space stands for nothing.
  take: () => new TextEncoder().encode(sessionStorage.getItem(unsaved.place()) ?? ' '),
  // The field that was being typed into, which the server had not heard of yet.
  typed() {
    const { index, name, value } = JSON.parse(sessionStorage.getItem(unsaved.typing()) ?? '{}');
    const field = unsaved.fields()[index];
    return field && unsaved.nameOf(field) === name ? { field, value } : {};
  },
  retype() {
    const { field, value } = unsaved.typed();
    if (!field || field.disabled || field.value === value) return;
    field.value = value;
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
  },
};

// Whoever signs out leaves nothing behind in this tab.
document.addEventListener('submit', ({ target }) => {
  if (target.getAttribute('action') === '/sign-out') sessionStorage.clear();
});

// Whoever is in another field by now was heard about the one before.
document.addEventListener('focusin', ({ target }) => {
  if (target.closest('form[data-unsaved-form]') && target !== unsaved.typed().field) sessionStorage.removeItem(unsaved.typing());
});

document.addEventListener('input', ({ target }) => {
  if (!target.closest('form[data-unsaved-form]') || !target.matches('textarea, input:not([type=password], [type=file], [type=checkbox], [type=radio], [data-typed])')) return;
  try {
    sessionStorage.setItem(unsaved.typing(), JSON.stringify({ index: unsaved.fields().indexOf(target), name: unsaved.nameOf(target), value: target.value }));
  } catch {
    // As above.
  }
});
