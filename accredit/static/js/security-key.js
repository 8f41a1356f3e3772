// Security keys: a form marked data-security-key asks the browser for a key before it is sent.
// Without scripts or without keys in the browser the form stays hidden, and codes do instead.

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const described = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const create = async (options) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
    },
  };
};

const get = async (options) => {
  const used = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  return {
    id: used.id,
    rawId: toText(used.rawId),
    type: used.type,
    response: {
      clientDataJSON: toText(used.response.clientDataJSON),
      authenticatorData: toText(used.response.authenticatorData),
      signature: toText(used.response.signature),
    },
  };
};

const ask = async (form) => {
  const token = form.elements.csrf_token.value;
  const response = await fetch(form.dataset.options, {
    method: "POST",
    body: new URLSearchParams({ csrf_token: token }),
    redirect: "error",
  });
  if (!response.ok) throw new Error(`options: ${response.status}`);
  const options = await response.json();
  const answer = form.dataset.securityKey === "create" ? await create(options) : await get(options);
  form.elements.answer.value = JSON.stringify(answer);
};

for (const form of document.querySelectorAll("form[data-security-key]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const problem = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    problem.hidden = true;
    try {
      await ask(form);
      form.submit();
    } catch (error) {
      console.info(error);
      problem.textContent = form.dataset.failed;
      problem.hidden = false;
    }
  });
}
