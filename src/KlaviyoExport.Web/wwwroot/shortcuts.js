// The keyboard shortcuts. Ctrl+K opens the search. The single keys can be switched off in the sheet, because speech input and some aids
// press keys by accident.
const off = 'klaviyo-export-no-single-keys';
const isOff = () => localStorage.getItem(off) !== null;

function show(id) {
  const popup = document.getElementById(id);
  if (!popup) return;
  popup.showPopover();
  popup.querySelector('input[type=search]')?.select();
}

let began = 0;
document.addEventListener('keydown', event => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === 'k') {
    event.preventDefault();
    show('search');
    return;
  }
  if (isOff() || event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, [contenteditable]')) return;
  if (key === '?') show('shortcuts');
  else if (key === 'g') began = Date.now();
  else if (Date.now() - began < 2000) {
    began = 0;
    document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
  }
});

// The arrow keys go through the results of the search.
document.addEventListener('keydown', event => {
  const search = event.target.closest('#search');
  if (!search || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const stops = [search.querySelector('input'), ...search.querySelectorAll('a')];
  const next = stops[stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// The choice is this browser's. Blazor may render the box anew, so it is set whenever the sheet opens.
document.addEventListener('toggle', ({ target }) => {
  const box = target.id === 'shortcuts' && target.querySelector('[data-single-keys]');
  if (box) box.checked = !isOff();
}, true);
document.addEventListener('change', ({ target }) => {
  if (!target.matches('[data-single-keys]')) return;
  if (target.checked) localStorage.removeItem(off);
  else localStorage.setItem(off, '');
});
