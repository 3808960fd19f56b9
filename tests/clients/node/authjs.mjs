// Auth.js: sign in with its LinkedIn provider, as a framework would call it
import { Auth } from "@auth/core";
import LinkedIn from "@auth/core/providers/linkedin";

const config = {
  trustHost: true,
  secret: "a secret of this test",
  basePath: "/auth",
  providers: [LinkedIn({ clientId: process.env.LINKEDIN_CLIENT_ID, clientSecret: process.env.LINKEDIN_CLIENT_SECRET })],
  logger: { error: (error) => console.error(error, error.cause) },
};
const site = "http://localhost:3000";
const jar = new Map();
const remember = (response) => {
  for (const cookie of response.headers.getSetCookie()) {
    const [pair] = cookie.split(";");
    const at = pair.indexOf("=");
    jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
};
const ask = async (path, init = {}) => {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return remember(await Auth(new Request(`${site}${path}`, { ...init, headers: { ...init.headers, cookie } }), config));
};

const { csrfToken } = await (await ask("/auth/csrf")).json();
const begun = await ask("/auth/signin/linkedin", {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ csrfToken, callbackUrl: site }),
});
const consent = await fetch(begun.headers.get("location"), { redirect: "manual" });
const back = new URL(consent.headers.get("location"));
const done = await ask(back.pathname + back.search);
const session = await (await ask("/auth/session")).json();
console.log(JSON.stringify({ location: done.headers.get("location"), user: session?.user }));
