// Node.js reads HTTPS_PROXY by itself from version 24 on. For older ones this does the same, from outside the clients.
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { HttpsProxyAgent } from "https-proxy-agent";
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent());
https.globalAgent = new HttpsProxyAgent(process.env.HTTPS_PROXY);
syncBuiltinESMExports();
