// A real Bluesky PDS for the tests: prints its addresses, and ends when its stdin does.
const { TestNetworkNoAppView } = require('@atproto/dev-env')

async function main() {
  const network = await TestNetworkNoAppView.create({ pds: {} })
  console.log(JSON.stringify({ url: network.pds.url, plc: network.plc.url }))
  process.stdin.resume()
  process.stdin.on('end', async () => {
    await network.close()
    process.exit(0)
  })
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
