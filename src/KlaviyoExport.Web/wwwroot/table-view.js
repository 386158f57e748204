// The columns and the density of tables that the reader has chosen in TableView, kept in this browser. Loaded in the head, so that a table
// appears as chosen at once. The rules are in a style sheet of their own: Blazor renders the cells anew.
(() => {
  const name = 'klaviyo-export-tables';
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const choices = () => {
    try { return JSON.parse(localStorage.getItem(name)) ?? {}; } catch { return {}; }
  };

  function apply() {
    const rules = [];
    for (const [table, { hidden = [], dense = false }] of Object.entries(choices())) {
      const at = `table[data-view="${CSS.escape(table)}"]`;
      for (const column of hidden) rules.push(`${at} [data-column="${CSS.escape(column)}"] { display: none; }`);
      if (dense) rules.push(`${at} :is(th, td) { padding-block: .25rem; }`);
    }
    sheet.replaceSync(rules.join('\n'));
  }
  apply();

  // A popover is filled in before it opens, because the choices are this browser's. After it has opened, a person may be faster.
  document.addEventListener('beforetoggle', ({ target }) => {
    if (!target.dataset?.viewOf) return;
    const { hidden = [], dense = false } = choices()[target.dataset.viewOf] ?? {};
    for (const box of target.querySelectorAll('input')) box.checked = box.value ? !hidden.includes(box.value) : dense;
  }, true);
  document.addEventListener('change', ({ target }) => {
    const view = target.closest('[data-view-of]');
    if (!view) return;
    const boxes = [...view.querySelectorAll('input')];
    const all = choices();
    all[view.dataset.viewOf] = {
      hidden: boxes.filter(box => box.value && !box.checked).map(box => box.value),
      dense: boxes.some(box => !box.value && box.checked),
    };
    localStorage.setItem(name, JSON.stringify(all));
    apply();
  });
})();
