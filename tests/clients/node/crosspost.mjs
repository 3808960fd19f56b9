import { LinkedInStrategy } from "@humanwhocodes/crosspost";

const strategy = new LinkedInStrategy({ accessToken: process.env.LINKEDIN_ACCESS_TOKEN });
const text = await strategy.post("Hello from crosspost");
const image = Buffer.from(process.env.PNG, "base64");
const pictured = await strategy.post("With a picture", { images: [{ data: new Uint8Array(image), alt: "A dot" }] });
console.log(JSON.stringify({ text: text.id, url: strategy.getUrlFromResponse(text), pictured: pictured.id }));
