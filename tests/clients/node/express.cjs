// A plain Express app that follows the usual guides: axios.post(url, null, {params}), userinfo, a ugcPost with an image
const axios = require("axios");
const express = require("express");

const app = express();
const CALLBACK = () => `http://localhost:${server.address().port}/callback`;

app.get("/login", (_request, response) => {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: process.env.LINKEDIN_CLIENT_ID,
    redirect_uri: CALLBACK(),
    state: "foobar",
    scope: "openid profile email w_member_social",
  });
  response.redirect(`https://www.linkedin.com/oauth/v2/authorization?${query}`);
});

app.get("/callback", async (request, response) => {
  try {
    const token = await axios.post("https://www.linkedin.com/oauth/v2/accessToken", null, {
      params: {
        grant_type: "authorization_code",
        code: request.query.code,
        redirect_uri: CALLBACK(),
        client_id: process.env.LINKEDIN_CLIENT_ID,
        client_secret: process.env.LINKEDIN_CLIENT_SECRET,
      },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
    const headers = { Authorization: `Bearer ${token.data.access_token}`, "X-Restli-Protocol-Version": "2.0.0" };
    const user = await axios.get("https://api.linkedin.com/v2/userinfo", { headers });
    const author = `urn:li:person:${user.data.sub}`;
    const registered = await axios.post(
      "https://api.linkedin.com/v2/assets?action=registerUpload",
      {
        registerUploadRequest: {
          recipes: ["urn:li:digitalmediaRecipe:feedshare-image"],
          owner: author,
          serviceRelationships: [{ relationshipType: "OWNER", identifier: "urn:li:userGeneratedContent" }],
        },
      },
      { headers },
    );
    const { asset, uploadMechanism } = registered.data.value;
    const { uploadUrl } = uploadMechanism["com.linkedin.digitalmedia.uploading.MediaUploadHttpRequest"];
    await axios.post(uploadUrl, Buffer.from(process.env.PNG, "base64"), {
      headers: { Authorization: headers.Authorization, "Content-Type": "image/png" },
    });
    const post = await axios.post(
      "https://api.linkedin.com/v2/ugcPosts",
      {
        author,
        lifecycleState: "PUBLISHED",
        specificContent: {
          "com.linkedin.ugc.ShareContent": {
            shareCommentary: { text: "Hello from Express" },
            shareMediaCategory: "IMAGE",
            media: [{ status: "READY", media: asset, title: { text: "Dot" } }],
          },
        },
        visibility: { "com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC" },
      },
      { headers },
    );
    response.json({ name: user.data.name, id: post.headers["x-restli-id"], uploadUrl });
  } catch (error) {
    response.status(500).json({ error: String(error), data: error.response?.data });
  }
});

const server = app.listen(0, "127.0.0.1", async () => {
  const login = await fetch(`http://127.0.0.1:${server.address().port}/login`, { redirect: "manual" });
  const consent = await fetch(login.headers.get("location"), { redirect: "manual" });
  const back = consent.headers.get("location").replace("localhost", "127.0.0.1");
  console.log(JSON.stringify(await (await fetch(back)).json()));
  server.closeAllConnections();
  server.close();
});
