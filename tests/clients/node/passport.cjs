// passport-linkedin-oauth2, which asks for the retired scopes
const express = require("express");
const passport = require("passport");
const { Strategy } = require("passport-linkedin-oauth2");

const app = express();
const server = app.listen(0, "127.0.0.1", async () => {
  const here = `http://127.0.0.1:${server.address().port}`;
  passport.use(
    new Strategy(
      {
        clientID: process.env.CLIENT_ID,
        clientSecret: process.env.CLIENT_SECRET,
        callbackURL: `${here}/callback`,
        scope: ["r_emailaddress", "r_liteprofile"],
      },
      (_access, _refresh, profile, done) => done(null, profile),
    ),
  );
  const authenticate = passport.authenticate("linkedin", { session: false });
  app.use(passport.initialize());
  app.get("/login", authenticate);
  app.get("/callback", authenticate, (request, response) => response.json(request.user));
  app.use((error, _request, response, _next) => response.status(500).json({ error: String(error), more: error.oauthError }));
  const login = await fetch(`${here}/login`, { redirect: "manual" });
  const consent = await fetch(login.headers.get("location"), { redirect: "manual" });
  console.log(JSON.stringify(await (await fetch(consent.headers.get("location"))).json()));
  server.closeAllConnections();
  server.close();
});
