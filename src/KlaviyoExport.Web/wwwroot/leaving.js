// Asks before the reader leaves a page with unsaved changes. data-unsaved is set on a form with changes, data-typed on a field that is only
// saved by its own button. Both attributes contain the question.
globalThis.leaving = {
  here: location.href,
  typed: () => [...document.querySelectorAll('[data-typed]')].find(field => field.value)?.dataset.typed,
  isAgreed(question) {
    if (!question) return true;
    if (!confirm(question)) return false;
    unsaved.forget();
    return true;
  },
  question: () => document.querySelector('[data-unsaved]')?.dataset.unsaved ?? leaving.typed(),
};

// Asks also when the reader goes back or forward. Listeners of the window are called in the order of registration, so this script must be
// loaded before Blazor's. If the reader stays, restore the address. The page itself has not changed yet.
addEventListener('popstate', event => {
  if (leaving.isAgreed(new URL(leaving.here).pathname === location.pathname ? undefined : leaving.question())) return;
  event.stopImmediatePropagation();
  history.pushState(null, '', leaving.here);
});

addEventListener('beforeunload', event => {
  if (leaving.typed()) event.preventDefault();
});
