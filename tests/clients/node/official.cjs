// linkedin-api-client: login, create, batch, finder, tunnelled query
const { AuthClient, RestliClient } = require("linkedin-api-client");

(async () => {
  const redirect = "http://127.0.0.1:18920/callback";
  const auth = new AuthClient({
    clientId: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
    redirectUrl: redirect,
  });
  const url = auth.generateMemberAuthorizationUrl(process.env.SCOPES.split(" "), "xyz");
  const consent = await fetch(url, { redirect: "manual" });
  const code = new URL(consent.headers.get("location")).searchParams.get("code");
  const token = await auth.exchangeAuthCodeForAccessToken(code);
  const introspected = await auth.introspectAccessToken(token.access_token);

  const restli = new RestliClient();
  const accessToken = token.access_token;
  const me = await restli.get({ resourcePath: "/me", accessToken });
  const created = [];
  for (const text of ["One", "Two"]) {
    const answer = await restli.create({
      resourcePath: "/posts",
      accessToken,
      versionString: "202609",
      entity: {
        author: process.env.SANDBOX_MEMBER,
        commentary: text,
        visibility: "PUBLIC",
        distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
        lifecycleState: "PUBLISHED",
      },
    });
    created.push(answer.createdEntityId);
  }
  const batch = await restli.batchGet({ resourcePath: "/ugcPosts", ids: created, accessToken });
  const found = await restli.finder({
    resourcePath: "/posts",
    finderName: "author",
    queryParams: { author: process.env.SANDBOX_MEMBER },
    accessToken,
    versionString: "202609",
  });
  const many = [...created, ...Array.from({ length: 150 }, (_, n) => `urn:li:share:${7000000000000000000n + BigInt(n)}`)];
  const tunnelled = await restli.batchGet({ resourcePath: "/ugcPosts", ids: many, accessToken });
  console.log(
    JSON.stringify({
      // the client declares the body and returns axios's response
      active: (introspected.data ?? introspected).active,
      me: me.data.id,
      created,
      batch: Object.keys(batch.data.results),
      found: found.data.elements.map((element) => element.commentary),
      tunnelled: Object.keys(tunnelled.data.results),
      missing: Object.keys(tunnelled.data.errors).length,
    }),
  );
})().catch((error) => {
  console.error(error, error.response?.data);
  process.exit(1);
});
