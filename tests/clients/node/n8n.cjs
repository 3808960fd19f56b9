// The LinkedIn node of n8n, with the helpers that n8n's core gives it
const { LinkedIn } = require("n8n-nodes-base/dist/nodes/LinkedIn/LinkedIn.node.js");

const image = Buffer.from(process.env.PNG, "base64");

async function requestOAuth2(_credential, options) {
  const headers = { ...options.headers, Authorization: `Bearer ${process.env.LINKEDIN_ACCESS_TOKEN}` };
  let body = options.body;
  if (options.json && body !== undefined) {
    body = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  const response = await fetch(options.url ?? options.uri, { method: options.method, headers, body });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(`${response.status} ${text}`), { statusCode: response.status });
  const parsed = options.json && text ? JSON.parse(text) : text;
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: parsed };
}

function context(parameters) {
  return {
    getInputData: () => Array.from({ length: parameters.items ?? 1 }, () => ({ json: {} })),
    getNode: () => ({ name: "LinkedIn", type: "n8n-nodes-base.linkedIn", typeVersion: 1 }),
    getNodeParameter: (name, index, fallback) => {
      const value = parameters[name] ?? fallback;
      return Array.isArray(value) ? value[index] : value;
    },
    continueOnFail: () => false,
    helpers: {
      requestOAuth2,
      assertBinaryData: () => ({ mimeType: "image/png" }),
      getBinaryDataBuffer: async () => image,
      returnJsonArray: (data) => (Array.isArray(data) ? data : [data]).map((json) => ({ json })),
      constructExecutionMetaData: (items) => items,
    },
  };
}

const common = {
  authentication: "standard",
  resource: "post",
  operation: "create",
  postAs: "person",
  person: process.env.SANDBOX_MEMBER.split(":").pop(),
  binaryPropertyName: "data",
  additionalFields: {},
};

const cases = [
  { shareMediaCategory: "NONE", text: "Text from n8n" },
  {
    shareMediaCategory: "ARTICLE",
    text: "An article from n8n",
    additionalFields: { title: "Title", description: "About", originalUrl: "https://example.com/" },
  },
  { shareMediaCategory: "IMAGE", text: "An image from n8n", additionalFields: { title: "Dot" } },
  {
    shareMediaCategory: "ARTICLE",
    text: "A thumbnail from n8n",
    additionalFields: { title: "Title", originalUrl: "https://example.com/2", thumbnailBinaryPropertyName: "data" },
  },
  // several images are several items of one run
  { shareMediaCategory: "IMAGE", text: ["First (of two)", "Second #two"], items: 2 },
];

(async () => {
  const urns = [];
  for (const one of cases) {
    const [items] = await new LinkedIn().execute.call(context({ ...common, ...one }));
    urns.push(...items.map((item) => item.json.urn));
  }
  console.log(JSON.stringify(urns));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
