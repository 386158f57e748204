// A form with data-passkey makes or uses a passkey (WebAuthn) before it is submitted. data-passkey is the address of the options, and
// data-passkey-make is set when a passkey is made. The answer of the browser goes into the field "Credential" of the form.
const named = !/^[\d.]+$|:/.test(location.hostname);
const able = () => named && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

function show(root) {
  for (const form of root.querySelectorAll('form[data-passkey]')) form.hidden = !able();
  for (const note of root.querySelectorAll('[data-passkey-note]')) note.hidden = able() || note.dataset.passkeyNote !== (named ? 'browser' : 'address');
}

async function answer(form) {
  const makes = 'passkeyMake' in form.dataset;
  const response = await fetch(form.dataset.passkey, { method: 'POST', body: new FormData(form) });
  if (!response.ok) throw new Error(`${response.status}`);
  const options = await response.json();
  const credential = makes
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential);
}

document.addEventListener('submit', async event => {
  const form = event.target;
  const credential = form.querySelector('[name$=Credential]');
  if (!form.matches('form[data-passkey]') || credential.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    credential.value = await answer(form);
  } catch (fault) {
    // The person has canceled, the device has no such passkey, or the options were refused. The server says what can be done.
    credential.value = fault.name ?? 'Error';
  }
  button.disabled = false;
  form.requestSubmit(button);
}, true);

show(document);
Blazor.addEventListener('enhancedload', () => show(document));
